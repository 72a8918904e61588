"""What a browser may do with our pages."""

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
_WITH_DECODER = {"script-src": "'self' 'wasm-unsafe-eval'", "media-src": "'self' blob:"}
_WITH_OTHER_HOSTS = {"connect-src": "'self' https:"}


def page_headers(*, camera: bool = False, other_hosts: bool = False) -> dict[str, str]:
    """Headers of a page: nothing from other hosts, no inline script, no frames.

    Args:
        camera: Whether codes are scanned on this page; only such a page may use the camera and
            run the decoder, which is WebAssembly.
        other_hosts: Whether the page may read records and keys from other hosts, as the one does
            that checks them for its reader.
    """
    policy = (
        _POLICY | (_WITH_DECODER if camera else {}) | (_WITH_OTHER_HOSTS if other_hosts else {})
    )
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": f"camera=({'self' if camera else ''}), microphone=(), geolocation=()",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
