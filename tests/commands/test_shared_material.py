"""Real files from other people's systems: read or refused, each with a reason, all counted."""

import json
from pathlib import Path
import re

from tests.commands.test_commands import run

FOLDERS = (
    "data/vcon_samples",
    "data/harper_valley",
    "samples/vcon",
    "samples/eml",
    "samples/vtt",
    "samples/whisper",
    "samples/whisperx_handmade",
    "samples/assemblyai",
    "samples/aws_pca",
    "samples/azure",
    "samples/ccai_insights",
    "samples/contact_lens",
    "samples/deepgram",
    "samples/genesys",
    "samples/intercom",
    "samples/rev_ai",
    "samples/speechmatics",
    "samples/srt_handmade",
    "samples/transcribe_call_analytics",
    "samples/twilio",
    "samples/wtf",
    "samples/zendesk_handmade",
)


def test_real_exports_are_read_or_refused(shared: Path, tmp_path: Path) -> None:
    """No traceback; what goes in comes out, counted; every refusal has its six keys."""
    folders = [shared.resolve() / name for name in FOLDERS]
    told = run("analyse", "--basis", "evaluation", "--json", *folders, home=tmp_path)
    assert "Traceback" not in told.stderr
    read, analysed, denied, rejected, before, twice, joined = (
        int(n) for n in re.findall(r"\d+", told.stderr.splitlines()[-1])
    )
    assert read == analysed + denied + rejected + twice + joined
    assert (analysed + denied, before) == (len(told.stdout.splitlines()), 0)
    others = [json.loads(line) for line in told.stderr.splitlines() if line.startswith("{")]
    refused = [item for item in others if item["status"] == "rejected"]
    assert (len(refused), len(others)) == (rejected, rejected + twice)
    assert all(item["found"] and item["expected"] for item in refused)
    assert analysed > 50
