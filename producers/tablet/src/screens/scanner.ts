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

/** Shows what the camera sees until a code is in it, or the person leaves; the camera is off in either case. */
async function scan(by: Detector, found: (text: string) => void): Promise<void> {
  const video = h("video", { muted: true, playsInline: true });
  let stream: MediaStream | undefined;
  let open = true;
  const close = (): void => {
    open = false;
    stream?.getTracks().forEach((track) => track.stop());
    sheet.remove();
    removeEventListener("hashchange", close);
  };
  const sheet = h(
    "div",
    { className: "scanner" },
    video,
    h("button", { type: "button", onclick: close }, say(WORDS.cancel)),
  );
  document.body.append(sheet); // at once, so that a second touch finds no button
  addEventListener("hashchange", close);
  let text: string | null = null;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    video.srcObject = stream;
    await video.play();
    text = await firstSeen(by, video, () => open);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    if (open) toast(say(error.name === "NotAllowedError" ? WORDS.cameraDenied : WORDS.cameraFailed));
  } finally {
    close();
  }
  if (text !== null) found(text);
}

/** The first code in the picture; null when it is not looked for any more. */
async function firstSeen(by: Detector, video: HTMLVideoElement, isOpen: () => boolean): Promise<string | null> {
  while (isOpen()) {
    const [first] = await by.detect(video);
    if (first && isOpen()) return first.rawValue;
    await new Promise(requestAnimationFrame);
  }
  return null;
}
