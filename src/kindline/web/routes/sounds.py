"""What was heard, played: whole or from where a browser wants to go on."""

import re
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from kindline.speech.silencing import MEDIA_TYPE
from kindline.web.access import played
from kindline.web.guard import Asked, needs

router = APIRouter()
_Reader = Annotated[
    Asked, Depends(needs("own_conversations", "team_conversations", "conversations"))
]
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@router.get("/sounds/{sound_id}")
def sound(request: Request, asked: _Reader, sound_id: str) -> Response:
    """Play a sound, as far as a range of its bytes is asked for."""
    wanted = _RANGE.fullmatch(request.headers.get("range", ""))
    start = int(wanted[1][:12]) if wanted else 0
    raw = played(asked, sound_id, is_first=start == 0)
    headers = {"accept-ranges": "bytes"}
    if wanted is None:
        return Response(raw, media_type=MEDIA_TYPE, headers=headers)
    end = min(int(wanted[2][:12]) if wanted[2] else len(raw) - 1, len(raw) - 1)
    if start > end:
        return Response(status_code=416, headers={"content-range": f"bytes */{len(raw)}"})
    headers["content-range"] = f"bytes {start}-{end}/{len(raw)}"
    part = raw[start : end + 1]
    return Response(part, status_code=206, media_type=MEDIA_TYPE, headers=headers)
