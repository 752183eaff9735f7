"""Code lists of the contracts. A list only grows: a code that was ever sent stays valid for ever.

Source of the lists: programme.md, "Code lists"; topics follow its three groups. Every list has `other`
unless a figure of the programmes needs the list closed (host classes, household classes, recipients, purposes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from schemas.titles import Title

CodeList = dict[str, Title]
OTHER = {"other": Title("Khác", "Other")}

# The ten topics that people of Lào Cai want to learn about; the report row of S1 counts exactly these.
WANTED_TOPICS: CodeList = {
    "ethnic-affairs-law": Title("Pháp luật về công tác dân tộc", "Law on ethnic affairs"),
    "poor-household-benefits": Title("Chính sách hỗ trợ hộ nghèo", "Benefits for poor households"),
    "health": Title("Y tế", "Health"),
    "education": Title("Giáo dục", "Education"),
    "gender-equality": Title("Bình đẳng giới", "Gender equality"),
    "legal-aid": Title("Trợ giúp pháp lý", "Legal aid"),
    "vocational-training": Title("Đào tạo nghề", "Vocational training"),
    "job-placement": Title("Giới thiệu việc làm", "Job placement"),
    "science": Title("Khoa học", "Science"),
    "agriculture": Title("Nông nghiệp", "Agriculture"),
}
POINT_TOPICS: CodeList = {
    "party-line-state-law": Title("Chủ trương của Đảng, pháp luật của Nhà nước", "Party line and State law"),
    "online-public-services": Title("Dịch vụ công trực tuyến", "Online public services"),
    "production-skills": Title("Kỹ năng sản xuất", "Production skills"),
    "economy": Title("Phát triển kinh tế", "Economy"),
    "trade": Title("Thương mại", "Trade"),
    "culture-society": Title("Văn hóa - xã hội", "Culture and society"),
    "security-order": Title("An ninh, trật tự", "Security and order"),
}
OUTREACH_TOPICS: CodeList = {
    "digital-transformation": Title("Chuyển đổi số", "Digital transformation"),
    "cashless-payment": Title("Thanh toán không dùng tiền mặt", "Cashless payment"),
    "payment-security": Title("An toàn thanh toán", "Payment security"),
    "using-the-internet": Title("Sử dụng internet", "Using the internet"),
}
TOPICS: CodeList = {**WANTED_TOPICS, **POINT_TOPICS, **OUTREACH_TOPICS, **OTHER}

LANGUAGES: CodeList = {
    "vi": Title("Tiếng Việt", "Vietnamese"),
    "hmn": Title("Tiếng Mông", "Hmong"),
    "tyz": Title("Tiếng Tày", "Tày"),
    "ium": Title("Tiếng Dao", "Dao"),
    "gia": Title("Tiếng Giáy", "Giáy"),
    "nut": Title("Tiếng Nùng", "Nùng"),
    "tai": Title("Tiếng Thái", "Thái"),
    "hni": Title("Tiếng Hà Nhì", "Hà Nhì"),
    "kpm": Title("Tiếng Cơ Ho", "Cơ Ho"),
    "cma": Title("Tiếng Mạ", "Mạ"),
    "cje": Title("Tiếng Chu Ru", "Chu Ru"),
    "cmo": Title("Tiếng M'nông", "M'nông"),
    **OTHER,
}
DEVICE_KINDS: CodeList = {
    "smart-tv": Title("Ti vi thông minh", "Smart TV"),
    "desktop": Title("Máy tính để bàn", "Desktop computer"),
    "laptop": Title("Máy tính xách tay", "Laptop"),
    "tablet": Title("Máy tính bảng", "Tablet"),
    "printer": Title("Máy in", "Printer"),
    "wifi-router": Title("Bộ phát Wi-Fi", "Wi-Fi router"),
    "switch": Title("Bộ chuyển mạch", "Switch"),
    "ups": Title("Bộ lưu điện", "UPS"),
    "amplifier-speaker": Title("Âm ly và loa", "Amplifier and speaker"),
    "microphone": Title("Micro", "Microphone"),
    "webcam": Title("Webcam", "Webcam"),
    "projector": Title("Máy chiếu", "Projector"),
    "furniture": Title("Bàn ghế", "Furniture"),
    **OTHER,
}
FAULTS: CodeList = {
    "no-power": Title("Không lên nguồn", "No power"),
    "no-network": Title("Không có mạng", "No network"),
    "broken-screen": Title("Hỏng màn hình", "Broken screen"),
    "broken-part": Title("Hỏng linh kiện", "Broken part"),
    "software": Title("Lỗi phần mềm", "Software fault"),
    "repaired": Title("Đã sửa xong", "Repaired"),
    **OTHER,
}
REMOVALS: CodeList = {
    "beyond-repair": Title("Không sửa được", "Beyond repair"),
    "replaced": Title("Đã thay thế", "Replaced"),
    "lost": Title("Mất", "Lost"),
    "moved": Title("Chuyển điểm khác", "Moved to another point"),
    **OTHER,
}
SERVICES: CodeList = {
    "fibre": Title("Cáp quang", "Fibre"),
    "mobile-4g": Title("Di động 4G", "4G mobile"),
    "mobile-5g": Title("Di động 5G", "5G mobile"),
    "satellite": Title("Vệ tinh", "Satellite"),
    **OTHER,
}
FUNDING_SOURCES: CodeList = {
    "national-target-programme": Title("Chương trình mục tiêu quốc gia", "National target programme"),
    "public-utility-telecom": Title("Chương trình viễn thông công ích", "Public-utility telecom programme"),
    "province-budget": Title("Ngân sách tỉnh", "Province budget"),
    "district-budget": Title("Ngân sách huyện", "District budget"),
    "commune-budget": Title("Ngân sách xã", "Commune budget"),
    "enterprise": Title("Doanh nghiệp", "Enterprise"),
    "donation": Title("Xã hội hóa", "Donations"),
    **OTHER,
}
ACTIVITIES: CodeList = {
    "online-public-service": Title("Dịch vụ công trực tuyến", "Online public service"),
    "learning": Title("Học tập", "Learning"),
    "information": Title("Tìm hiểu thông tin", "Information"),
    **OTHER,
}
GIVERS: CodeList = {
    "district-budget": Title("Ngân sách huyện", "District budget"),
    "enterprise": Title("Doanh nghiệp", "Enterprise"),
    "bank": Title("Ngân hàng", "Bank"),
    "organisation": Title("Tổ chức", "Organisation"),
    "individual": Title("Cá nhân", "Individual"),
    **OTHER,
}
BANKS: CodeList = {
    "agribank": Title("Agribank", "Agribank"),
    "vbsp": Title("Ngân hàng Chính sách xã hội", "Bank for Social Policies"),
    "vietcombank": Title("Vietcombank", "Vietcombank"),
    "vietinbank": Title("VietinBank", "VietinBank"),
    "bidv": Title("BIDV", "BIDV"),
    "lpbank": Title("LPBank", "LPBank"),
    "kienlongbank": Title("Kienlongbank", "Kienlongbank"),
    **OTHER,
}
MEDIA_KINDS: CodeList = {
    "newspaper": Title("Báo in", "Newspaper"),
    "book": Title("Sách", "Book"),
    "leaflet": Title("Tờ rơi", "Leaflet"),
    "radio": Title("Phát thanh", "Radio"),
    "loudspeaker": Title("Loa truyền thanh", "Village loudspeaker"),
    "television": Title("Truyền hình", "Television"),
    "online": Title("Trực tuyến", "Online"),
    **OTHER,
}
ORGANISATIONS: CodeList = {
    "lao-cai-people-committee": Title("UBND tỉnh Lào Cai", "Lào Cai Provincial People's Committee"),
    "lao-cai-dic": Title("Sở Thông tin và Truyền thông Lào Cai", "Lào Cai Dept of Information and Communications"),
    "lao-cai-dst": Title("Sở Khoa học và Công nghệ Lào Cai", "Lào Cai Dept of Science and Technology"),
    "lac-duong-party-committee": Title("Huyện ủy Lạc Dương", "Lạc Dương District Party Committee"),
    "lac-duong-people-committee": Title("UBND huyện Lạc Dương", "Lạc Dương District People's Committee"),
    "commune-people-committee": Title("UBND cấp xã", "Commune People's Committee"),
    "fatherland-front": Title("Mặt trận Tổ quốc", "Fatherland Front"),
    "mass-organisation": Title("Đoàn thể", "Mass organisation"),
    "youth-union-lac-duong": Title("Huyện đoàn Lạc Dương", "Lạc Dương Youth Union"),
    "digital-transformation-team": Title("Tổ giúp việc chuyển đổi số", "Digital-transformation help team"),
    "community-technology-team": Title("Tổ công nghệ số cộng đồng", "Community digital technology team"),
    "local-bank": Title("Ngân hàng trên địa bàn", "Local bank"),
    "enterprise": Title("Doanh nghiệp", "Enterprise"),
    **OTHER,
}
HOST_CLASSES: CodeList = {
    "commune-region-3": Title("Xã khu vực III", "Commune of region III"),
    "difficult-village": Title("Thôn đặc biệt khó khăn", "Specially difficult village"),
}
HOUSEHOLD_CLASSES: CodeList = {
    "poor": Title("Hộ nghèo", "Poor"),
    "near-poor": Title("Hộ cận nghèo", "Near-poor"),
    "other": Title("Hộ khác", "Other household"),
}
REGISTER_KINDS: CodeList = {
    "household": Title("Hộ gia đình", "Household"),
    "point": Title("Điểm hỗ trợ", "Support point"),
    "village": Title("Thôn, tổ dân phố", "Village or quarter"),
}
REGISTER_CLASSES: CodeList = {**HOUSEHOLD_CLASSES, **HOST_CLASSES}
ELIGIBLE_GROUPS: CodeList = {"ethnic-minority": Title("Hộ dân tộc thiểu số", "Ethnic-minority household"), **OTHER}
RECIPIENTS: CodeList = {"household": Title("Hộ gia đình", "Household"), "pupil": Title("Học sinh", "Pupil")}
PLANS: CodeList = {"4g": Title("Gói 4G", "4G"), "5g": Title("Gói 5G", "5G"), **OTHER}
PURPOSES: CodeList = {
    "production": Title("Hỗ trợ sản xuất", "Production"),
    "housing": Title("Hỗ trợ nhà ở", "Housing"),
    "smartphones": Title("Điện thoại thông minh", "Smartphones"),
    "internet": Title("Internet miễn phí", "Free internet"),
}
REVISION_REASONS: CodeList = {
    "typing-error": Title("Nhập sai", "Typing error"),
    "wrong-subject": Title("Nhầm hộ, điểm hoặc buổi", "Wrong household, point or session"),
    "recorded-twice": Title("Ghi hai lần", "Recorded twice"),
    "did-not-happen": Title("Không diễn ra", "Did not happen"),
    "office-check": Title("Đối soát tại văn phòng", "Office check"),
    **OTHER,
}
WITHDRAWAL_REASONS: CodeList = {
    "rejected": Title("Đã bị từ chối", "Was rejected"),
    "lost": Title("Dữ liệu đã mất", "Data lost"),
    "never-sent": Title("Sẽ không gửi", "Will never be sent"),
    **OTHER,
}

if TYPE_CHECKING:
    from typing import TypeAlias

    Topic: TypeAlias = str
    Language: TypeAlias = str
    DeviceKind: TypeAlias = str
    Fault: TypeAlias = str
    Removal: TypeAlias = str
    Service: TypeAlias = str
    FundingSource: TypeAlias = str
    Activity: TypeAlias = str
    Giver: TypeAlias = str
    Bank: TypeAlias = str
    MediaKind: TypeAlias = str
    Organisation: TypeAlias = str
    HostClass: TypeAlias = str
    HouseholdClass: TypeAlias = str
    RegisterKind: TypeAlias = str
    RegisterClass: TypeAlias = str
    EligibleGroup: TypeAlias = str
    Recipient: TypeAlias = str
    Plan: TypeAlias = str
    Purpose: TypeAlias = str
    RevisionReason: TypeAlias = str
    WithdrawalReason: TypeAlias = str
else:  # to a type checker a code is a string; at run time msgspec refuses one that is not in its list
    Topic = Literal[tuple(TOPICS)]
    Language = Literal[tuple(LANGUAGES)]
    DeviceKind = Literal[tuple(DEVICE_KINDS)]
    Fault = Literal[tuple(FAULTS)]
    Removal = Literal[tuple(REMOVALS)]
    Service = Literal[tuple(SERVICES)]
    FundingSource = Literal[tuple(FUNDING_SOURCES)]
    Activity = Literal[tuple(ACTIVITIES)]
    Giver = Literal[tuple(GIVERS)]
    Bank = Literal[tuple(BANKS)]
    MediaKind = Literal[tuple(MEDIA_KINDS)]
    Organisation = Literal[tuple(ORGANISATIONS)]
    HostClass = Literal[tuple(HOST_CLASSES)]
    HouseholdClass = Literal[tuple(HOUSEHOLD_CLASSES)]
    RegisterKind = Literal[tuple(REGISTER_KINDS)]
    RegisterClass = Literal[tuple(REGISTER_CLASSES)]
    EligibleGroup = Literal[tuple(ELIGIBLE_GROUPS)]
    Recipient = Literal[tuple(RECIPIENTS)]
    Plan = Literal[tuple(PLANS)]
    Purpose = Literal[tuple(PURPOSES)]
    RevisionReason = Literal[tuple(REVISION_REASONS)]
    WithdrawalReason = Literal[tuple(WITHDRAWAL_REASONS)]
