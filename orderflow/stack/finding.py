"""What a look at a part of the stack found."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """`part` is a service or a thing that flows; `remedy` says what to do, a well part may have one too."""

    part: str
    well: bool
    says: str
    remedy: str = ""
