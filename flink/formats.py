"""How the bytes of `processed-orders` become rows: part of what a table means, so part of the plan's fingerprint."""

FORMATS = {
    "key.format": "csv",
    "value.format": "json",
    "value.fields-include": "EXCEPT_KEY",
    "value.json.timestamp-format.standard": "ISO-8601",
}
