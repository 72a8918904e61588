"""An installation with telemetry and a registered pack; everything is real."""

from dataclasses import dataclass
from pathlib import Path

from builders_registered import MAKER, PACK, an_installation
from telemetry_store import telemetry_source

from bms_ingest.decoders.frame_json import DecodedBatch
from bms_ingest.frame import Frame
from bms_ingest.settings import IngestSettings
from bms_ingest.telemetry import BatchReceipt, Telemetry
from passport.bootstrap import Passport
from passport.storage.migrate import upgrade

CHARGE_MS = 9_000_000


@dataclass(frozen=True)
class Installation:
    """An opened installation and its telemetry."""

    passport: Passport
    telemetry: Telemetry

    def send(self, *frames: Frame) -> BatchReceipt:
        return self.telemetry.take_in(MAKER, DecodedBatch(list(enumerate(frames))))

    def chain(self) -> list[bytes]:
        statements = self.passport.services.condition_chain(MAKER, PACK)
        return [statement.body for statement in statements]


def telemetry_at(data: Path, database_url: str = "") -> Installation:
    """Return an installation with one registered EV pack (206 Ah, 100 cells in series)."""
    passport = an_installation(data, database_url)
    upgrade(passport.engine, telemetry_source())
    return Installation(passport, Telemetry(passport, IngestSettings()))


def a_pack_charge(epoch: int, charged_ah: int, start_ms: int) -> list[Frame]:
    """Return the frames of one full charge of the pack, by its counter, after it was empty."""
    ends = [
        (330_000, -80_000, 0, 0),
        (330_000, 0, 1, 0),
        (390_000, 150_000, 2, charged_ah // 2),
        (420_000, 5_000, 3, charged_ah),
        (420_000, 0, 4, charged_ah),
    ]
    return [
        Frame(
            PACK,
            epoch,
            seq,
            start_ms + seq * CHARGE_MS // 4,
            pack_mv=mv,
            current_ma=ma,
            temperature_min_cdegc=2_000,
            temperature_max_cdegc=2_500,
            charge_in_mah=ah * 1_000,
            charge_out_mah=0,
            soc_permille=900,
            soh_permille=970,
        )
        for mv, ma, seq, ah in ends
    ]
