"""Authorities for time stamps: one that is openssl's, at the present, and one at any time.

The chosen times need an authority of our own: openssl stamps with the clock of the machine. It
writes TSTInfo and CMS with the structures of asn1crypto; openssl's own stamps, and its `ts -verify`
over these, tell that both are the same thing.
"""

import hashlib
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from pathlib import Path
from threading import Thread

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_POLICY = "1.3.6.1.4.1.13762.3"
_SERIALS = count(1)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


@dataclass(frozen=True, slots=True)
class _Named:
    """Somebody with a key."""

    name: str
    key: ec.EllipticCurvePrivateKey


def _certificate(
    subject: _Named,
    issuer: _Named,
    years: tuple[datetime, datetime],
    purpose: x509.ObjectIdentifier | None,
) -> x509.Certificate:
    public_key, is_root = subject.key.public_key(), subject is issuer
    authority_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject.name))
        .issuer_name(_name(issuer.name))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(years[0])
        .not_valid_after(years[1])
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(authority_key, critical=False)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return builder.sign(issuer.key, hashes.SHA256())


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """An authority with its root; it stamps with whatever time it is told."""

    name: str
    root: x509.Certificate
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def stamp(self, data: bytes, at: datetime, *, digest: str = "sha256") -> bytes:
        """Return a TimeStampToken over some bytes in DER."""
        return self.stamp_digest(hashlib.new(digest, data).digest(), at, digest=digest)

    def stamp_digest(
        self, imprint: bytes, at: datetime, *, digest: str = "sha256", nonce: int | None = None
    ) -> bytes:
        """Return a TimeStampToken over a digest in DER."""
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": _POLICY,
                "message_imprint": {
                    "hash_algorithm": {"algorithm": digest},
                    "hashed_message": imprint,
                },
                "serial_number": next(_SERIALS),
                "gen_time": at,
                **({} if nonce is None else {"nonce": nonce}),
            }
        )
        return self._signed(info.dump())

    def answer(self, request: bytes, at: datetime) -> bytes:
        """Return the answer to a request, as an authority on the web gives it."""
        asked = tsp.TimeStampReq.load(request)
        nonce = asked["nonce"].native
        token = self.stamp_digest(
            asked["message_imprint"]["hashed_message"].native, at, nonce=nonce
        )
        content = bytes.fromhex("3003020100") + token
        return b"\x30\x82" + len(content).to_bytes(2, "big") + content

    def _signed(self, content: bytes) -> bytes:
        certificate = asn1_x509.Certificate.load(self.certificate.public_bytes(Encoding.DER))
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": ["tst_info"]},
                {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
                {
                    "type": "signing_certificate_v2",
                    "values": [
                        tsp.SigningCertificateV2(
                            {"certs": [{"cert_hash": hashlib.sha256(certificate.dump()).digest()}]}
                        )
                    ],
                },
            ]
        )
        signature = self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256()))
        signer = cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier(
                    name="issuer_and_serial_number",
                    value={
                        "issuer": certificate.issuer,
                        "serial_number": certificate.serial_number,
                    },
                ),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": {"algorithm": "sha256_ecdsa"},
                "signature": signature,
            }
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(content),
                },
                "certificates": [certificate],
                "signer_infos": [signer],
            }
        )
        return cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump()

    def root_pem(self) -> str:
        """Return the root certificate as text."""
        return self.root.public_bytes(Encoding.PEM).decode()


def an_authority(
    name: str,
    since: datetime,
    until: datetime,
    *,
    purpose: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.TIME_STAMPING,
) -> Authority:
    """Make an authority whose root and certificate are valid for some years."""
    root = _Named(f"{name} root", ec.generate_private_key(ec.SECP256R1()))
    signer = _Named(name, ec.generate_private_key(ec.SECP256R1()))
    return Authority(
        name=name,
        root=_certificate(root, root, (since, until), None),
        certificate=_certificate(signer, root, (since, until), purpose),
        key=signer.key,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpensslAuthority:
    """The authority of `openssl ts`, with files in a folder."""

    folder: Path
    authority: Authority

    def answer(self, request: bytes) -> bytes:
        """Answer a request with the time of the machine."""
        (self.folder / "request.tsq").write_bytes(request)
        self._openssl("-reply", "-config", "ts.cnf", "-queryfile", "request.tsq", "-out", "a.tsr")
        return (self.folder / "a.tsr").read_bytes()

    def verify(self, data: bytes, token: bytes, root: x509.Certificate) -> str:
        """Have openssl check a token; return what it prints."""
        (self.folder / "data").write_bytes(data)
        (self.folder / "token").write_bytes(token)
        (self.folder / "trusted.pem").write_bytes(root.public_bytes(Encoding.PEM))
        arguments = ["-data", "data", "-in", "token", "-token_in", "-CAfile", "trusted.pem"]
        return self._openssl("-verify", *arguments)

    def _openssl(self, *arguments: str) -> str:
        done = subprocess.run(
            ["/usr/bin/openssl", "ts", *arguments],
            cwd=self.folder,
            capture_output=True,
            check=False,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def an_openssl_authority(folder: Path) -> OpensslAuthority:
    """Make an authority that openssl runs, valid around now."""
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    authority = an_authority("Present", now - timedelta(days=1), now + timedelta(days=365))
    (folder / "tsa.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        authority.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    (folder / "serial").write_text("01")
    (folder / "ts.cnf").write_text(_OPENSSL_CONFIGURATION)
    return OpensslAuthority(folder=folder, authority=authority)


_OPENSSL_CONFIGURATION = f"""[tsa]
default_tsa = here
[here]
serial = serial
signer_cert = tsa.pem
signer_key = key.pem
signer_digest = sha256
default_policy = {_POLICY}
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
"""


@contextmanager
def served(answer) -> Iterator[str]:
    """Serve an authority on this machine; give its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.headers["Content-Type"] == "application/timestamp-query"
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
