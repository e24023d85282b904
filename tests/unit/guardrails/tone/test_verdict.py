"""The verdict by stage, and the policy it comes from."""

import pytest

from guardrails.tone.report import Tone, ToneViolation
from guardrails.tone.score import score_tone
from guardrails.tone.verdict import explain, judge_tone
from policies.load import PolicyError
from policies.tone import load_tone

POLICY = load_tone()
STAGES = ["pre_due", "friendly", "neutral", "firm", "final", "reply_paid", "plan_confirm", None]
FINAL = (
    "This is our final reminder. Unless invoice 12 is paid in full by 3 May, your account will be "
    "suspended."
)


def violation(tag: str) -> ToneViolation:
    return ToneViolation(tag, "words", 0)


@pytest.mark.parametrize("stage", STAGES)
def test_violation__fails_however_courteous(stage):
    tone = Tone(5.0, 1.0, (violation("insult"),))
    assert judge_tone(tone, stage, POLICY).verdict == "fail"


@pytest.mark.parametrize("stage", STAGES)
def test_courteous_and_mild__passes(stage):
    assert judge_tone(Tone(5.0, 2.0, ()), stage, POLICY).verdict == "pass"


@pytest.mark.parametrize("stage", STAGES)
def test_discourteous__fails(stage):
    assert "too_blunt" in judge_tone(Tone(1.2, 2.0, ()), stage, POLICY).tags


def test_final_notice_as_a_friendly_reminder__fails():
    tone = score_tone(FINAL, language="en")
    assert "too_firm" in judge_tone(tone, "friendly", POLICY).tags
    assert "too_firm" not in judge_tone(tone, "final", POLICY).tags


def test_suspension__only_the_final_stage_allows_it():
    tone = Tone(4.0, 4.0, (violation("suspension_threat"),))
    assert judge_tone(tone, "final", POLICY).verdict == "pass"
    assert judge_tone(tone, "friendly", POLICY).tags == ("suspension_threat",)


def test_reminder_that_asks_nothing__fails():
    tone = score_tone("Hello, we were just thinking of you. Have a good week.", language="en")
    assert judge_tone(tone, "friendly", POLICY).tags == ("no_ask",)
    assert judge_tone(tone, "reply_info", POLICY).verdict == "pass"


def test_stage_of_a_family__has_the_band_of_the_family():
    assert POLICY.band("reply_dispute") == POLICY.band("reply") != POLICY.otherwise


def test_unknown_stage__has_the_band_of_the_rest():
    assert POLICY.band("carnival") == POLICY.otherwise


def test_folder_without_a_tone_file__has_the_default(tmp_path):
    assert load_tone(tmp_path) == POLICY


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("id = ", "not readable TOML"),
        ('id = "tone"\nvrsion = 1', "finding"),
        ("\xff", "tone.toml"),
    ],
)
def test_tone_file_that_cannot_be_used__is_refused_by_name(tmp_path, said, told):
    (tmp_path / "tone.toml").write_bytes(said.encode("latin-1"))
    with pytest.raises(PolicyError, match=told) as refused:
        load_tone(tmp_path)
    assert "tone.toml" in refused.value.message


def test_courtesy_off_the_scale__is_refused(tmp_path):
    text = "[otherwise]\ncourtesy_min = 9\nfirmness_max = 5\nasks = false\nallows = []\n[stages]\n"
    head = 'id = "tone"\nversion = 1\neffective_from = 2019-01-01\n'
    (tmp_path / "tone.toml").write_text(head + text)
    with pytest.raises(PolicyError, match="courtesy_min"):
        load_tone(tmp_path)


def test_too_blunt__is_explained_by_its_bluntest_sentence():
    text = "Thank you for your kind letter. You never did anything but fail, as usual."
    tone = Tone(1.5, 3.0, ())
    (found,) = explain(text, tone, judge_tone(tone, "firm", POLICY), "en")
    assert (found.tag, found.span) == ("too_blunt", text[32:])
    assert found.start == 32


def test_too_firm__is_explained_by_its_firmest_sentence():
    text = "Thank you for the order. Pay in full by 3 May, otherwise we suspend your account."
    tone = Tone(4.0, 5.0, ())
    (found,) = explain(text, tone, judge_tone(tone, "friendly", POLICY), "en")
    assert (found.tag, found.span) == ("too_firm", text[25:])


def test_pass__needs_no_explaining():
    tone = Tone(4.0, 2.0, ())
    assert explain("Thank you.", tone, judge_tone(tone, "reply_paid", POLICY), "en") == []
