/** The app's own words. */

import { title } from "./titles";

export const WORDS = {
  app: title("fieldtally", "fieldtally"),
  record: title("Ghi nhận", "Record"),
  mine: title("Đã ghi", "My events"),
  more: title("Máy này", "This tablet"),
  back: title("Quay lại", "Back"),
  save: title("Lưu", "Save"),
  cancel: title("Bỏ qua", "Cancel"),
  choose: title("— chọn —", "— choose —"),
  yes: title("Có", "Yes"),
  no: title("Không", "No"),
  optional: title("không bắt buộc", "optional"),
  saved: title("Đã lưu trên máy này", "Saved on this tablet"),
  savedMany: title("sự kiện đã lưu trên máy này", "events saved on this tablet"),
  full: title(
    "CHƯA LƯU: bộ nhớ máy đã đầy. Hãy xóa bớt ảnh, ứng dụng khác rồi bấm Lưu lần nữa; nội dung vẫn còn trên màn hình.",
    "NOT SAVED: the tablet is full. Delete photos or other apps, then press Save again; your entries are still here.",
  ),
  unit: title("Đơn vị nơi đăng ký", "Unit of registration"),
  village: title("Thôn, tổ dân phố", "Village"),
  anyVillage: title("— tất cả —", "— all —"),
  subjectKind: title("Đối tượng", "About"),
  when: title("Lúc", "When"),
  fromList: title("Chọn từ danh sách", "Choose from the list"),
  typeCode: title("Gõ mã hoặc quét thẻ", "Type the code or scan the card"),
  scan: title("Quét", "Scan"),
  cameraDenied: title(
    "Ứng dụng chưa được dùng máy ảnh: hãy cho phép trong cài đặt, hoặc gõ mã.",
    "The app may not use the camera: allow it in the settings, or type the code.",
  ),
  cameraFailed: title("Máy này không quét được lúc này: hãy gõ mã.", "This tablet cannot scan now: type the code."),
  newSession: title("Buổi mới", "New session"),
  sessionHint: title(
    "Nhiều tổ ghi cùng một buổi thì dùng chung một mã.",
    "Teams that record the same session use the same code.",
  ),
  attendeeHint: title(
    "Mã hộ/số thành viên, hoặc số thứ tự trong buổi",
    "Household/member, or a number within the session",
  ),
  members: title("Số thành viên (1,2…)", "Member numbers (1,2…)"),
  ticks: title("Đánh dấu cả thôn", "Tick-list of a village"),
  tickHint: title("Mỗi dấu là một sự kiện.", "Each tick is one event."),
  tickNone: title("Chưa có danh sách ở đây: hãy thêm mã.", "No list for this place yet: add codes."),
  addCode: title("Thêm mã", "Add a code"),
  all: title("Tất cả", "All"),
  none: title("Chưa ghi sự kiện nào.", "Nothing recorded yet."),
  moreRows: title("Xem thêm", "Show more"),
  correct: title("Sửa", "Correct"),
  void: title("Hủy sự kiện", "Void this event"),
  again: title("Sửa và ghi lại", "Mend and record anew"),
  replaced: title("đã ghi lại", "recorded anew"),
  reason: title("Lý do", "Reason"),
  revised: title("đã có sửa đổi", "revised"),
  syncNow: title("Gửi ngay", "Send now"),
  syncing: title("Đang gửi…", "Sending…"),
  waitingReference: title(
    "Chưa tải được danh mục. Hãy nối mạng một lần.",
    "The lists are not here yet. Connect to the network once.",
  ),
  enrolTitle: title("Ghi danh máy này", "Enrol this tablet"),
  enrolHint: title(
    "Nhập mã mời của cán bộ phụ trách. Mỗi mã chỉ dùng cho một máy.",
    "Enter the invitation code from your office. One code is for one tablet.",
  ),
  code: title("Mã mời", "Invitation code"),
  enrol: title("Ghi danh", "Enrol"),
  enrolOffline: title("Cần có mạng để ghi danh. Hãy thử lại.", "Enrolling needs the network. Please try again."),
  enrolPortal: title(
    "Mạng này trả lời thay máy chủ (trang đăng nhập Wi-Fi?). Hãy đăng nhập mạng rồi thử lại.",
    "This network answers in place of the server (a Wi-Fi login page?). Log in to it and try again.",
  ),
  copyTitle: title("Máy này là bản sao", "This tablet is a copy"),
  copyHint: title(
    "Máy chủ đã có những số mà máy này chưa ghi: máy được khôi phục từ bản sao. Đã có khóa mới; hãy xin mã mời mới. " +
      "Không sự kiện nào bị mất.",
    "The server knows numbers that this tablet never gave: it was restored from a copy. It has a new key; ask for a " +
      "new invitation. No event is lost.",
  ),
  exportTitle: title("Xuất tệp chưa gửi", "Export what is not sent"),
  exportHint: title(
    "Tệp đã ký sẵn: máy khác hoặc văn phòng gửi hộ được; không số nào bị tính hai lần.",
    "The file is signed: another tablet or the office can send it; nothing is counted twice.",
  ),
  exportNone: title("Không còn gì chờ gửi.", "Nothing is waiting."),
  importTitle: title("Gửi hộ tệp của máy khác", "Send another tablet's file"),
  importBad: title("Tệp này không phải tệp xuất của fieldtally.", "This is no export of fieldtally."),
  storage: title("Bộ nhớ", "Storage"),
  used: title("đã dùng", "used"),
  free: title("còn trống", "free"),
  persistent: title("được giữ lâu dài", "kept for good"),
  notPersistent: title(
    "trình duyệt có thể xóa khi thiếu chỗ: hãy cài ứng dụng ra màn hình chính",
    "the browser may clear it when short of space: install the app to the home screen",
  ),
  low: title(
    "Bộ nhớ sắp đầy: hãy gửi dữ liệu và xóa bớt tệp khác.",
    "Storage is nearly full: send, and free some space.",
  ),
  organisation: title("Đơn vị ghi nhận", "Organisation"),
  tablet: title("Máy", "Tablet"),
  units: title("Nơi được ghi", "May record for"),
  language: title("English", "Tiếng Việt"),
} as const;

export const STATES = {
  here: title("Trên máy này", "On this tablet"),
  sent: title("Đã gửi", "Sent"),
  counted: title("Đã tính", "Counted"),
  rejected: title("Bị từ chối", "Rejected"),
} as const;

export const SUBJECTS: Record<string, { vi: string; en: string }> = {
  household: title("Hộ gia đình", "Household"),
  point: title("Điểm hỗ trợ", "Support point"),
  session: title("Mã buổi", "Session code"),
  unit: title("Cả đơn vị", "The whole unit"),
};
