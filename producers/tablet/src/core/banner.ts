/** The one line that says how things stand, from what is known. */

import { isDoubtful, readable } from "./clock";
import { title, type Title } from "./titles";

export interface Situation {
  link: "unknown" | "online" | "offline" | "portal" | "refused";
  contact: number | null;
  counted: number | null;
  skew: number;
  refusal: (Title & { code: string }) | null;
  waiting: number; // on this tablet alone
  sent: number; // on the server, not yet counted
  rejected: number; // rejected and not yet recorded anew
  revoked: boolean;
  low: boolean;
}

export type Tone = "good" | "waiting" | "bad";

export interface Banner {
  tone: Tone;
  head: Title;
  lines: Title[];
  warnings: Title[];
}

export function banner(now: Situation): Banner {
  return { tone: toneOf(now), head: headOf(now), lines: linesOf(now), warnings: warningsOf(now) };
}

function toneOf({ link, revoked, waiting, sent }: Situation): Tone {
  if (revoked || link === "refused") return "bad";
  return link === "online" && waiting + sent === 0 ? "good" : "waiting";
}

function headOf({ link, contact, revoked, refusal }: Situation): Title {
  if (revoked) {
    return title(
      "Máy này đã bị thu hồi. Dữ liệu vẫn còn: hãy xuất tệp và liên hệ văn phòng.",
      "This tablet was revoked. Its data is kept: export it and call your office.",
    );
  }
  const since = contact === null ? "" : readable(contact);
  switch (link) {
    case "online":
      return title("Có mạng", "Online");
    case "unknown":
      return title("Đang tìm máy chủ…", "Looking for the server…");
    case "portal":
      return title(
        "Mạng này chặn máy chủ (trang đăng nhập Wi-Fi?)",
        "This network blocks the server (a Wi-Fi login page?)",
      );
    case "refused":
      return refusal ?? title("Máy chủ từ chối", "The server refuses");
    case "offline":
      return since ? title(`Ngoại tuyến từ ${since}`, `Offline since ${since}`) : title("Ngoại tuyến", "Offline");
  }
}

function linesOf({ waiting, sent, rejected, counted }: Situation): Title[] {
  const lines: Title[] = [];
  lines.push(
    waiting === 0
      ? title("Không còn gì chờ gửi", "Nothing waits to be sent")
      : title(`${waiting} sự kiện chờ gửi`, `${waiting} waiting to be sent`),
  );
  if (sent > 0) lines.push(title(`${sent} đã gửi, chờ tính`, `${sent} sent, not counted yet`));
  if (rejected > 0) lines.push(title(`${rejected} bị từ chối: cần xem`, `${rejected} rejected: please look`));
  if (counted !== null) lines.push(title(`Tính lần cuối ${readable(counted)}`, `Last counted ${readable(counted)}`));
  return lines;
}

function warningsOf({ skew, low }: Situation): Title[] {
  const warnings: Title[] = [];
  if (isDoubtful(skew)) {
    const [vi, en] = span(Math.abs(skew));
    warnings.push(
      skew > 0
        ? title(
            `Đồng hồ máy chạy nhanh ${vi}: hãy chỉnh lại. Số liệu được tự hiệu chỉnh.`,
            `This tablet's clock is ${en} ahead: please set it. Your events are corrected for it.`,
          )
        : title(
            `Đồng hồ máy chạy chậm ${vi}: hãy chỉnh lại. Số liệu được tự hiệu chỉnh.`,
            `This tablet's clock is ${en} behind: please set it. Your events are corrected for it.`,
          ),
    );
  }
  if (low)
    warnings.push(
      title(
        "Bộ nhớ sắp đầy: hãy gửi dữ liệu và xóa bớt tệp khác.",
        "Storage is nearly full: send, and free some space.",
      ),
    );
  return warnings;
}

const SPANS: [ms: number, vi: string, en: string][] = [
  [365.25 * 86_400_000, "năm", "years"],
  [86_400_000, "ngày", "days"],
  [3_600_000, "giờ", "hours"],
  [60_000, "phút", "minutes"],
];

function span(ms: number): [vi: string, en: string] {
  const [unit, vi, en] = SPANS.find(([each]) => ms >= 2 * each) ?? SPANS[SPANS.length - 1]!;
  const count = Math.round(ms / unit);
  return [`${count} ${vi}`, `${count} ${en}`];
}
