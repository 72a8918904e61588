// Reads a code from the camera and sends its text to the server, which decides what it is.
// The page works without this script: photo and typed code need none.

"use strict";

const byId = (id) => document.getElementById(id);
const scanner = byId("scanner");
const video = byId("camera");
const say = (text) => { byId("say").textContent = text; };

const ASIDE_MS = 120;
const HINT_AFTER_MS = 12000;

const REASONS = {
  NotAllowedError: "The browser may not use the camera. Allow it for this page, or take a photo below.",
  NotFoundError: "This device has no camera. Send a photo or type the code below.",
  NotReadableError: "Another program uses the camera. Close it, or take a photo below.",
};

let stream = null;

async function makeDetector() {
  const native = globalThis.BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) {
    return new native({ formats: ["qr_code", "data_matrix"] });
  }
  await BarcodeDetectionAPI.prepareZXingModule({
    overrides: { locateFile: () => scanner.dataset.decoder },
    fireImmediately: true,
  });
  return new BarcodeDetectionAPI.BarcodeDetector({ formats: ["qr_code", "data_matrix"] });
}

async function start() {
  byId("start").hidden = true;
  say("Starting the camera …");
  try {
    const wanted = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1080 } };
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: wanted });
    video.srcObject = stream;
    await video.play();
    byId("stop").hidden = false;
    offerLight();
    const detector = await makeDetector();
    say("Hold the code into the frame.");
    await watch(detector);
  } catch (error) {
    stop();
    say(REASONS[error.name] ?? `The camera could not be used (${error.name}). Take a photo below.`);
  }
}

async function watch(detector) {
  const began = performance.now();
  let hinted = false;
  while (stream) {
    const [found] = await detector.detect(video);
    if (found && stream) {
      send(found.rawValue);
      return;
    }
    if (!hinted && performance.now() - began > HINT_AFTER_MS) {
      hinted = true;
      say("Nothing found yet. Wipe the label, move closer, add light, or take a photo below.");
    }
    await new Promise((resume) => { setTimeout(resume, ASIDE_MS); });
  }
}

function send(text) {
  say("Code read. Looking it up …");
  navigator.vibrate?.(80);
  stop();
  byId("start").hidden = true;
  byId("scanned-code").value = text;
  byId("scanned").submit();
}

function stop() {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  byId("start").hidden = false;
  byId("stop").hidden = true;
  byId("light").hidden = true;
}

function offerLight() {
  const [track] = stream.getVideoTracks();
  if (track.getCapabilities?.().torch) {
    byId("light").hidden = false;
  }
}

async function switchLight() {
  const on = byId("light").getAttribute("aria-pressed") !== "true";
  await stream?.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
  byId("light").setAttribute("aria-pressed", String(on));
}

if (navigator.mediaDevices?.getUserMedia) {
  scanner.hidden = false;
  byId("start").addEventListener("click", start);
  byId("stop").addEventListener("click", () => { stop(); say("The camera is off."); });
  byId("light").addEventListener("click", switchLight);
  addEventListener("pagehide", stop);
}
