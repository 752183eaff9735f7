/** Scanning of cards and boxes, where the browser can: otherwise there is no button. */

import { WORDS } from "../core/messages";
import { h, say, toast } from "./dom";

interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

type DetectorClass = new () => Detector;

const detector = (): DetectorClass | undefined => (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;

/** A button that hands over what was scanned; null where the browser offers no scanning. */
export function scanButton(found: (text: string) => void): HTMLButtonElement | null {
  const Class = detector();
  if (!Class || !navigator.mediaDevices) return null;
  return h(
    "button",
    { type: "button", className: "scan", onclick: () => void scan(new Class(), found) },
    say(WORDS.scan),
  );
}

async function scan(with_: Detector, found: (text: string) => void): Promise<void> {
  let stream: MediaStream;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    toast(String((error as Error).message)); // no camera, or not allowed: the code can be typed
    return;
  }
  const video = h("video", { srcObject: stream, muted: true, playsInline: true });
  let open = true;
  const close = (): void => {
    open = false;
    stream.getTracks().forEach((track) => track.stop());
    sheet.remove();
  };
  const sheet = h(
    "div",
    { className: "scanner" },
    video,
    h("button", { type: "button", onclick: close }, say(WORDS.cancel)),
  );
  document.body.append(sheet);
  await video.play();
  while (open) {
    const [first] = await with_.detect(video);
    if (first) {
      close();
      found(first.rawValue);
    }
    await new Promise(requestAnimationFrame);
  }
}
