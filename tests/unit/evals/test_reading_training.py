import numpy as np

from evals.inbound.examples import LABELS
from evals.inbound.fitting import holds_here
from evals.inbound.phrases import phrase_examples


def test_every_phrase__names_known_labels_only() -> None:
    rows = phrase_examples()

    assert len(rows) > 800
    for each in rows:
        assert each.labels <= set(LABELS[each.head])


def test_a_phrase_on_a_condition__is_for_a_person_and_a_plain_one_is_not() -> None:
    rows = [each for each in phrase_examples() if each.head == "message"]

    promising = [each for each in rows if "promise_to_pay" in each.labels]

    assert {"person" in each.labels for each in promising} == {True, False}
    assert all("person" in each.labels for each in rows if "phishing" in each.labels)


def test_a_sentence_of_a_message_with_a_label__tells_of_it_only_where_it_is_likely() -> None:
    sums = np.array([-3.0, -1.0, 0.5, -2.0])
    holds = np.array([True, True, True, False])
    groups = np.array([0, 0, 1, 2])

    assert holds_here(sums, holds, groups).tolist() == [False, True, True, True]
