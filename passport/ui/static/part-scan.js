// Reads the code on a part into the field beside the button; the fields work without this script.

"use strict";

const FORMATS = ["qr_code", "data_matrix", "code_128", "code_39"];
const EVERY_MS = 150;

let stream = null;

async function makeDetector(decoder) {
  const native = globalThis.BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("code_128")) {
    return new native({ formats: FORMATS });
  }
  await BarcodeDetectionAPI.prepareZXingModule({
    overrides: { locateFile: () => decoder },
    fireImmediately: true,
  });
  return new BarcodeDetectionAPI.BarcodeDetector({ formats: FORMATS });
}

function stop(video, button) {
  stream?.getTracks().forEach((track) => track.stop());
  stream = null;
  video.srcObject = null;
  video.hidden = true;
  button.textContent = button.dataset.words;
}

async function read(box, button, video, say) {
  if (stream) {
    stop(video, button);
    return;
  }
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" } },
    });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    button.textContent = "Stop the camera";
    const detector = await makeDetector(box.dataset.decoder);
    say.textContent = "Hold the code of the part into the picture.";
    while (stream) {
      const [found] = await detector.detect(video);
      if (found && stream) {
        document.getElementById(box.dataset.field).value = found.rawValue;
        say.textContent = `Read: ${found.rawValue}`;
        stop(video, button);
        return;
      }
      await new Promise((resolve) => { setTimeout(resolve, EVERY_MS); });
    }
  } catch (error) {
    stop(video, button);
    say.textContent = `The camera could not be used (${error.name}). Type the serial number.`;
  }
}

for (const box of document.querySelectorAll(".serialscan")) {
  const button = box.querySelector("button");
  const video = box.querySelector("video");
  const say = box.querySelector("[role=status]");
  button.dataset.words = button.textContent;
  button.addEventListener("click", () => read(box, button, video, say));
  box.hidden = !navigator.mediaDevices;
}
