"""Batteries that need no passport: their QR code leads to the light record of their model.

Source: Regulation (EU) 2023/1542, Article 13(6)(b): the label's information, the declaration of
conformity, the report on due diligence and the information of Article 74(1)(a) to (f).
"""

from passport.domain.battery import BatteryModel
from passport.domain.identifiers import BatteryId, ModelId, model_of
from passport.services.ports import Work


def find_light_record(battery_id: BatteryId, *, work: Work) -> BatteryModel | None:
    """Return the model whose light record stands for a battery that nobody registers one by one."""
    model_id = model_of(battery_id)
    return None if model_id is None else find_light_model(model_id, work=work)


def find_light_model(model_id: ModelId, *, work: Work) -> BatteryModel | None:
    """Return a model that has a light record, or nothing where it has none."""
    model = work.passports.find_model(model_id)
    return model if model is not None and model.is_light else None
