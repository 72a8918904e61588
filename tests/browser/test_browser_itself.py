"""The tools of the browser tests see what they should see."""

import base64
import functools
import http.server
import io
import threading
import time
from pathlib import Path

import pytest
import qrcode
import zxingcpp
from browsing import a_visitor
from PIL import Image

LABEL_TEXT = "http://localhost:8000/01/09506000134352/21/ABC%2F1"

CAMERA_PAGE = """<!doctype html><html lang="en"><title>Camera</title><h1>Camera</h1>
<video id="video" autoplay playsinline></video><canvas id="canvas"></canvas>
<script>
const canvas = document.getElementById('canvas');
const video = document.getElementById('video');
async function start() {
  const wanted = {video: {width: 1280, height: 720}};
  video.srcObject = await navigator.mediaDevices.getUserMedia(wanted);
  await video.play();
}
function look() {
  [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
  canvas.getContext('2d').drawImage(video, 0, 0);
  return canvas.toDataURL('image/png').split(',')[1];
}
</script></html>"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing: the test's own output is what counts."""


@pytest.fixture
def folder_on_the_web(tmp_path):
    folder = tmp_path / "web"
    folder.mkdir()
    handler = functools.partial(_Quiet, directory=folder)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def _label_png() -> bytes:
    picture = io.BytesIO()
    qrcode.make(LABEL_TEXT).save(picture, "PNG")
    return picture.getvalue()


def _read_within_seconds(page, seconds):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        frame = Image.open(io.BytesIO(base64.b64decode(page.evaluate("look()"))))
        if found := zxingcpp.read_barcodes(frame):
            return found[0].text
    return None


def test_the_camera_shows_the_label(folder_on_the_web, page_with_camera):
    folder, address = folder_on_the_web
    Path(folder, "index.html").write_text(CAMERA_PAGE)
    page = page_with_camera(_label_png())

    page.goto(address)
    page.evaluate("start()")

    assert _read_within_seconds(page, 10) == LABEL_TEXT


def test_axe_finds_what_is_not_accessible(folder_on_the_web, page, assert_accessible):
    folder, address = folder_on_the_web
    Path(folder, "index.html").write_text(
        "<!doctype html><title>Bad</title><main><h1>Bad</h1><img src='data:,'></main>"
    )

    page.goto(address)

    with pytest.raises(AssertionError, match=r"html-has-lang[\s\S]*image-alt"):
        assert_accessible(page)


def test_a_page_in_order_passes(folder_on_the_web, page, assert_accessible, take_screenshot):
    folder, address = folder_on_the_web
    Path(folder, "index.html").write_text(
        "<!doctype html><html lang='en'><title>Good</title><main><h1>Good</h1></main></html>"
    )

    page.goto(address)

    assert_accessible(page)
    assert take_screenshot(page, "browser-itself").stat().st_size > 1000


def test_a_page_that_asks_another_host_is_noticed(folder_on_the_web, chromium):
    folder, address = folder_on_the_web
    Path(folder, "index.html").write_text(
        "<!doctype html><title>Chatty</title><script src='http://elsewhere.invalid/a.js'></script>"
    )

    with (
        pytest.raises(AssertionError, match="asked other hosts"),
        a_visitor(chromium) as visitor,
    ):
        visitor.new_page().goto(address)


def test_a_page_whose_script_fails_is_noticed(folder_on_the_web, chromium):
    folder, address = folder_on_the_web
    Path(folder, "index.html").write_text(
        "<!doctype html><title>Broken</title><script>nothing.at.all()</script>"
    )

    with (
        pytest.raises(AssertionError, match="nothing is not defined"),
        a_visitor(chromium) as visitor,
    ):
        visitor.new_page().goto(address)
