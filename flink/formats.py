"""How the bytes of `processed-orders` become rows: part of what a table means, so part of the plan's fingerprint.

What is no JSON object is passed over, and a field of another type becomes null: `pipeline.OURS` refuses the row then.
"""

FORMATS = {
    "key.format": "csv",
    # the whole key is one text, whatever is in it
    "key.csv.field-delimiter": r"\u001f",
    "key.csv.disable-quote-character": "true",
    "key.csv.ignore-parse-errors": "true",
    "value.format": "json",
    "value.fields-include": "EXCEPT_KEY",
    "value.json.timestamp-format.standard": "ISO-8601",
    "value.json.ignore-parse-errors": "true",
}
