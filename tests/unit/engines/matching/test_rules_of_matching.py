"""What posts, what is suggested and what is held, case by case of the default policy."""

from datetime import date, timedelta

import pytest

from engines.matching.match import match_payments
from engines.matching.memory import Answer, Learned, remember
from engines.matching.model import AdviceLine, Book, Customer
from engines.matching.rules import MatchRules
from tests.unit.engines.matching.build import (
    CUSTOMERS,
    DAY,
    DUE,
    PROVED,
    advice,
    cash,
    doc,
    line,
    match,
    pay,
    told,
)

BOOK = [doc("INV-1001", 100_000), doc("INV-1002", 250_000), doc("INV-1003", 77_700)]
FOREIGN = [doc("INV-2001", 400_000, "C2")]
STRANGER = {"payer_name": "Quixote Trading", "payer_account": ""}


class TestNamed:
    def test_named_documents_sum_up__posts(self) -> None:
        (found,) = match(BOOK, pay(350_000, "INV-1001, INV-1002"))
        assert told(found) == ("auto", "")
        assert cash(found) == {"INV-1001": 100_000, "INV-1002": 250_000}

    def test_part_of_a_named_document__posts_and_says_so(self) -> None:
        (found,) = match(BOOK, pay(125_000, "INV-1002 first instalment"))
        assert told(found) == ("auto", "partial_payment")
        assert cash(found) == {"INV-1002": 125_000}

    def test_two_instalments__both_post(self) -> None:
        outcomes = match(
            BOOK,
            pay(125_000, "INV-1002 part", payment_id="a", bank_ref="1"),
            pay(125_000, "INV-1002 rest", payment_id="b", bank_ref="2"),
        )
        assert [told(each)[0] for each in outcomes] == ["auto", "auto"]

    def test_bank_fee_within_tolerance__posts_with_a_fee_line(self) -> None:
        (found,) = match(BOOK, pay(248_500, "INV-1002"))
        assert told(found) == ("auto", "bank_fee")
        (fee,) = found.alternatives[0].differences
        assert (fee.kind, fee.doc_id, fee.minor) == ("fee", "INV-1002", 1_500)

    def test_bank_fee_above_tolerance__is_suggested(self) -> None:
        big = [doc("INV-1001", 9_000_000)]
        (found,) = match(big, pay(8_995_000, "INV-1001"))
        assert told(found) == ("suggest", "bank_fee")

    @pytest.mark.parametrize(
        ("day", "answer"),
        [
            (DUE - timedelta(12), ("auto", "")),
            (DUE + timedelta(2), ("suggest", "discount_unearned")),
        ],
    )
    def test_discount__posts_only_where_it_was_earned(self, day: date, answer) -> None:
        (found,) = match(BOOK, pay(245_000, "INV-1002", value_on=day))
        assert told(found) == answer
        assert cash(found) == {"INV-1002": 245_000}

    def test_discount_of_the_documents_own_terms__goes_by_its_last_day(self) -> None:
        own = [doc("INV-1001", 100_000, discount_minor=7_000, discount_until=DAY)]
        in_time, late = pay(93_000, "INV-1001"), pay(93_000, "INV-1001", value_on=DUE)
        assert told(match(own, in_time)[0]) == ("auto", "")
        assert told(match(own, late)[0]) == ("suggest", "discount_unearned")

    def test_stated_deduction__never_posts(self) -> None:
        (found,) = match(BOOK, pay(230_000, "INV-1002 less 200.00 damaged goods"))
        assert told(found) == ("suggest", "short_pay")
        assert cash(found) == {"INV-1002": 230_000}

    def test_deduction_as_large_as_a_discount__is_still_a_deduction(self) -> None:
        early = pay(245_000, "INV-1002 damaged", value_on=DUE - timedelta(20))
        assert told(match(BOOK, early)[0]) == ("suggest", "short_pay")

    def test_part_by_a_stranger__is_only_suggested(self) -> None:
        (found,) = match(BOOK, pay(125_000, "INV-1002", **STRANGER))
        assert told(found) == ("suggest", "partial_payment")

    def test_stranger_names_documents_that_sum_up__posts(self) -> None:
        assert told(match(BOOK, pay(100_000, "INV-1001", **STRANGER))[0]) == ("auto", "")

    def test_number_with_a_slip__posts_only_beside_its_payer(self) -> None:
        book = [doc("1930547631", 100_000), doc("1930547700", 50_000)]
        (known,) = match(book, pay(100_000, "1930547613"))
        assert (told(known)[0], known.alternatives[0].pattern) == ("auto", "named_slip/same")
        (stranger,) = match(book, pay(100_000, "1930547613", **STRANGER))
        assert told(stranger)[0] == "suggest"

    def test_check_number_like_a_document__is_not_that_document(self) -> None:
        book = [doc("10481", 100_000), doc("10999", 77_700)]
        (found,) = match(book, pay(77_700, "CHECK 10481"))
        assert cash(found) == {"10999": 77_700}

    def test_named_documents_and_one_more_make_the_sum__are_suggested(self) -> None:
        (found,) = match(BOOK, pay(427_700, "INV-1001 INV-1002 INV-"))
        assert told(found) == ("suggest", "ambiguous_combination")
        assert len(cash(found)) == 3

    def test_small_unexplained_shortage__is_a_short_pay(self) -> None:
        assert told(match(BOOK, pay(231_111, "INV-1002"))[0]) == ("suggest", "short_pay")

    def test_named_credit_note__posts_and_unnamed_one_is_asked(self) -> None:
        book = [*BOOK, doc("CN-501", -40_000)]
        (named,) = match(book, pay(210_000, "INV-1002 less CN-501"))
        assert told(named) == ("auto", "")
        assert cash(named) == {"INV-1002": 250_000, "CN-501": -40_000}
        (unnamed,) = match(book, pay(210_000, "INV-1002"))
        assert told(unnamed) == ("suggest", "credit_not_named")
        assert cash(unnamed) == {"INV-1002": 250_000, "CN-501": -40_000}

    def test_overpayment__leaves_the_rest_on_account(self) -> None:
        (found,) = match(BOOK, pay(260_123, "INV-1002"))
        assert told(found) == ("suggest", "overpayment")
        assert found.alternatives[0].on_account_minor == 10_123

    def test_amount_of_another_document__is_a_reference_conflict(self) -> None:
        (found,) = match(BOOK, pay(77_700, "INV-1002"))
        assert told(found) == ("suggest", "reference_conflict")
        assert cash(found) == {"INV-1003": 77_700}

    def test_payer_of_somebody_elses_document__is_a_payer_conflict(self) -> None:
        (found,) = match([*BOOK, *FOREIGN], pay(400_000, "INV-2001"))
        assert told(found) == ("suggest", "payer_conflict")

    def test_parent_names_a_childs_document__posts(self) -> None:
        (found,) = match([doc("INV-3001", 55_500, "C3")], pay(55_500, "INV-3001"))
        assert told(found) == ("auto", "")
        assert found.customer_no == "C3"

    def test_documents_of_two_customers__are_suggested_together(self) -> None:
        (found,) = match([*BOOK, *FOREIGN], pay(500_000, "INV-1001 INV-2001"))
        assert told(found) == ("suggest", "multi_customer")
        assert cash(found) == {"INV-1001": 100_000, "INV-2001": 400_000}

    def test_other_currency__is_never_posted(self) -> None:
        (found,) = match(BOOK, pay(100_000, "INV-1001", currency="USD"))
        assert told(found) == ("suggest", "fx")

    def test_number_that_is_not_open__is_told(self) -> None:
        (shaped,) = match(BOOK, pay(31_400, "INV-1009"))
        assert told(shaped)[1] == "reference_not_open"
        (closed,) = match(BOOK, pay(100_000, "9-77-A"), closed={"9-77-A": "C1"})
        assert told(closed) == ("suggest", "reference_not_open")

    def test_purchase_order__stands_for_its_document(self) -> None:
        (found,) = match(
            [doc("INV-1001", 100_000, references=("PO-88123",))], pay(100_000, "PO 88123")
        )
        assert cash(found) == {"INV-1001": 100_000}
        assert told(found) == ("auto", "")


class TestUnnamed:
    def test_one_document_of_a_known_payer_has_the_amount__posts(self) -> None:
        (found,) = match(BOOK, pay(77_700))
        assert told(found) == ("auto", "")

    def test_equal_amounts__are_suggested_side_by_side(self) -> None:
        twins = [doc("INV-1", 5_000), doc("INV-2", 5_000), doc("INV-3", 9_900)]
        (found,) = match(twins, pay(5_000))
        assert told(found) == ("suggest", "ambiguous_equal_amounts")
        assert len(found.alternatives) == 2

    def test_equal_payments_on_one_day__begin_with_different_documents(self) -> None:
        twins = [doc("INV-1", 5_000), doc("INV-2", 5_000)]
        first, second = match(
            twins,
            pay(5_000, payment_id="a", bank_ref="1"),
            pay(5_000, payment_id="b", bank_ref="2"),
        )
        assert cash(first) != cash(second)

    def test_only_set_in_a_small_pool__posts(self) -> None:
        (found,) = match(BOOK, pay(177_700))
        assert told(found) == ("auto", "")
        assert cash(found) == {"INV-1001": 100_000, "INV-1003": 77_700}

    def test_only_set_of_many_documents__is_asked(self) -> None:
        book = [doc(f"INV-{n}", 10_000 + 3**n) for n in range(8)]
        (found,) = match(book, pay(sum(each.amount_minor for each in book[:6])))
        assert told(found) == ("suggest", "ambiguous_combination")
        assert len(cash(found)) == 6

    def test_two_sets__are_asked(self) -> None:
        book = [doc(f"INV-{n}", minor) for n, minor in enumerate((100, 200, 300, 400))]
        (found,) = match(book, pay(500))
        assert told(found) == ("suggest", "ambiguous_combination")
        assert len(found.alternatives) >= 2

    def test_set_in_a_large_pool__is_ranked_by_run(self) -> None:
        book = [
            doc(f"INV-{1000 + n}", 10_007 + 911 * n * n, due_on=DUE + timedelta(n))
            for n in range(40)
        ]
        wanted = {each.doc_id: each.amount_minor for each in book[5:9]}
        (found,) = match(book, pay(sum(wanted.values())))
        assert told(found) == ("suggest", "ambiguous_combination")
        assert wanted in [cash(found, rank) for rank in range(len(found.alternatives))]

    def test_stranger__is_held(self) -> None:
        assert told(match(BOOK, pay(12_345, **STRANGER))[0]) == ("hold", "unknown_payer")

    def test_amount_alone__never_posts(self) -> None:
        assert told(match(BOOK, pay(77_700, **STRANGER))[0]) == ("suggest", "unknown_payer")

    def test_shared_account__does_not_make_a_payer_certain(self) -> None:
        both = (*CUSTOMERS[1:], Customer("C1", "Alder", ("DE9",)), Customer("C9", "Zinc", ("DE9",)))
        book = Book((*BOOK, doc("Z-1", 31, "C9")), both)
        lone = pay(77_700, payer_account="DE9", payer_name="")
        (found,) = match_payments(book, [lone], calibration=PROVED)
        assert told(found)[0] == "suggest"


class TestAdvice:
    def test_advice_names_what_the_bank_line_does_not__posts(self) -> None:
        sent = advice(350_000, line("INV-1001", 100_000), line("INV-1002", 250_000))
        (found,) = match(BOOK, pay(350_000), advices=(sent,))
        assert told(found) == ("auto", "")
        assert found.alternatives[0].pattern == "advised/same"

    def test_advice_of_another_payer__is_not_joined(self) -> None:
        sent = advice(400_000, line("INV-2001", 400_000), payer="Birch Metals")
        (found,) = match([*BOOK, *FOREIGN], pay(400_000), advices=(sent,))
        assert "advised" not in "".join(each.pattern for each in found.alternatives)

    def test_deduction_on_a_line__is_a_typed_short_pay(self) -> None:
        sent = advice(
            320_000, line("INV-1001", 100_000), line("INV-1002", 250_000, 30_000, "damaged")
        )
        (found,) = match(BOOK, pay(320_000), advices=(sent,))
        assert told(found) == ("suggest", "short_pay")
        (kept,) = found.alternatives[0].differences
        assert (kept.kind, kept.doc_id, kept.minor) == ("deduction", "INV-1002", 30_000)

    def test_advice_for_a_little_more_than_came_in__is_less_a_bank_fee(self) -> None:
        sent = advice(350_000, line("INV-1001", 100_000), line("INV-1002", 250_000))
        (found,) = match(BOOK, pay(348_500), advices=(sent,))
        assert told(found) == ("auto", "bank_fee")

    def test_advice_of_a_document_that_is_not_open__is_told(self) -> None:
        (found,) = match(BOOK, pay(77_700), advices=(advice(77_700, line("INV-1009", 77_700)),))
        assert told(found) == ("suggest", "reference_not_open")

    def test_line_a_little_short_without_a_word__is_a_short_pay(self) -> None:
        short = AdviceLine("INV-1001", 100_000, 0, 90_000)
        (found,) = match(BOOK, pay(90_000), advices=(advice(90_000, short),))
        assert told(found) == ("suggest", "short_pay")

    def test_line_in_part_that_says_so__posts(self) -> None:
        part = AdviceLine("INV-1001", 40_000, 0, 40_000, "balance to follow")
        (found,) = match(BOOK, pay(40_000), advices=(advice(40_000, part),))
        assert told(found) == ("auto", "partial_payment")

    def test_one_advice_and_two_equal_payments__is_nobodys_for_certain(self) -> None:
        book = [doc("INV-1001", 50_000), doc("INV-1002", 50_000)]
        payments = [pay(50_000, payment_id=n, bank_ref=n) for n in ("a", "b")]
        outcomes = match(book, *payments, advices=(advice(50_000, line("INV-1002", 50_000)),))
        assert {told(each)[0] for each in outcomes} == {"suggest"}

    def test_memo_and_advice_name_different_documents__is_a_reference_conflict(self) -> None:
        book = [doc("INV-1001", 50_000), doc("INV-1002", 50_000)]
        sent = advice(50_000, line("INV-1002", 50_000))
        (found,) = match(book, pay(50_000, "INV-1001"), advices=(sent,))
        assert told(found) == ("suggest", "reference_conflict")


class TestTwice:
    def test_same_line_of_the_bank__is_held(self) -> None:
        first, second = match(
            BOOK, pay(100_000, "INV-1001"), pay(100_000, "INV-1001", payment_id="p2")
        )
        assert (told(first)[0], told(second)) == ("auto", ("hold", "duplicate_bank_line"))

    def test_paid_again__is_held(self) -> None:
        again = pay(
            100_000, "INV-1001", payment_id="p2", bank_ref="B2", value_on=DAY + timedelta(3)
        )
        first, second = match(BOOK, pay(100_000, "INV-1001"), again)
        assert (told(first)[0], told(second)) == ("auto", ("hold", "duplicate_payment"))

    def test_equal_lines_without_a_bank_reference__are_two_payments(self) -> None:
        book = [doc("INV-1001", 100_000), doc("INV-1002", 100_000)]
        one = pay(100_000, "INV-1001", bank_ref="")
        two = pay(100_000, "INV-1002", bank_ref="", payment_id="p2")
        assert [told(each)[0] for each in match(book, one, two)] == ["auto", "auto"]


class TestNoReceipt:
    @pytest.mark.parametrize(
        ("minor", "memo", "name", "reason"),
        [
            (-100_000, "INV-1001", "ALDER FOODS INC", "reversal"),
            (-100_000, "Rücklastschrift", "", "reversal"),
            (100_000, "RETURNED ITEM NSF", "ALDER FOODS", "reversal"),
            (-1_500, "Monthly service charge", "BANK", "not_a_customer_payment"),
            (4_200, "INTEREST CREDIT Q1", "BANK", "not_a_customer_payment"),
            (4_200, "Zinsgutschrift", "BANK", "not_a_customer_payment"),
            (4_200, "TAX REFUND 2025", "STATE", "not_a_customer_payment"),
            (-4_200, "RENT MARCH", "LANDLORD", "not_a_customer_payment"),
        ],
    )
    def test_line_that_is_no_receipt__is_held(self, minor, memo, name, reason) -> None:
        odd = pay(minor, memo, payer_name=name, payer_account="")
        assert told(match(BOOK, odd)[0]) == ("hold", reason)

    def test_retailer_pays_less_a_chargeback__is_still_a_receipt(self) -> None:
        (found,) = match(BOOK, pay(230_000, "INV-1002 LESS CHARGEBACK 200.00"))
        assert told(found) == ("suggest", "short_pay")


class TestGate:
    def test_pattern_without_a_record__is_only_suggested(self) -> None:
        new = type(PROVED)(9.0, {}, {})
        book = Book(tuple(BOOK), CUSTOMERS)
        (found,) = match_payments(book, [pay(100_000, "INV-1001")], calibration=new)
        assert told(found)[0] == "suggest"

    def test_confirmed_answers__let_a_pattern_post(self) -> None:
        new = type(PROVED)(9.0, {}, {})
        answers = [Answer(Learned.PATTERN, "named/same", "", True)] * 400
        book, one = Book(tuple(BOOK), CUSTOMERS), [pay(100_000, "INV-1001")]
        (found,) = match_payments(book, one, memory=remember(answers), calibration=new)
        assert told(found)[0] == "auto"
        wrong = remember([*answers, *[Answer(Learned.PATTERN, "named/same", "", False)] * 3])
        (found,) = match_payments(book, one, memory=wrong, calibration=new)
        assert told(found)[0] == "suggest"

    def test_revoked_pattern__no_longer_posts(self) -> None:
        book, one = Book(tuple(BOOK), CUSTOMERS), [pay(100_000, "INV-1001")]
        revoked = remember([], revoked_patterns=["named/same"])
        (found,) = match_payments(book, one, memory=revoked, calibration=PROVED)
        assert told(found)[0] == "suggest"

    def test_low_probability__is_only_suggested(self) -> None:
        unsure = type(PROVED)(0.0, {}, PROVED.measured)
        book = Book(tuple(BOOK), CUSTOMERS)
        (found,) = match_payments(book, [pay(100_000, "INV-1001")], calibration=unsure)
        assert told(found)[0] == "suggest"

    def test_account_nobody_knows_above_the_limit__is_only_suggested(self) -> None:
        rules = MatchRules(new_accounts_most_minor={"EUR": 50_000})
        book, new = Book(tuple(BOOK), CUSTOMERS), {"payer_account": "DE777"}
        over, under = pay(100_000, "INV-1001", **new), pay(40_000, "INV-1001", **new)
        (found,) = match_payments(book, [over], rules, calibration=PROVED)
        assert told(found)[0] == "suggest"
        (found,) = match_payments(book, [under], rules, calibration=PROVED)
        assert told(found)[0] == "auto"


class TestMemory:
    def test_learned_account__nominates_its_customer(self) -> None:
        learned = remember([Answer(Learned.ACCOUNT, "GB 99", "C1", True)])
        book, one = Book(tuple(BOOK), CUSTOMERS), pay(77_700, payer_account="GB99", payer_name="")
        (found,) = match_payments(book, [one], memory=learned, calibration=PROVED)
        assert told(found)[0] == "auto"

    def test_learned_account_against_a_named_document__does_not_hijack(self) -> None:
        learned = remember([Answer(Learned.ACCOUNT, "GB99", "C1", True)])
        paid = pay(400_000, "INV-2001", payer_account="GB99", payer_name="BIRCH METALS GMBH")
        book = Book((*BOOK, *FOREIGN), CUSTOMERS)
        (found,) = match_payments(book, [paid], memory=learned, calibration=PROVED)
        assert found.customer_no == "C2"

    def test_learned_name__stands_for_its_customer(self) -> None:
        learned = remember([Answer(Learned.ALIAS, "AF Treasury Services", "C1", True)])
        book = Book(tuple(BOOK), CUSTOMERS)
        one = pay(77_700, payer_account="", payer_name="AF TREASURY SERVICES LLC")
        (found,) = match_payments(book, [one], memory=learned, calibration=PROVED)
        assert told(found)[0] == "auto"

    def test_revoked_answer__counts_nothing_and_order_does_not_matter(self) -> None:
        given = [
            Answer(Learned.ACCOUNT, "GB99", "C1", True),
            Answer(Learned.ACCOUNT, "GB99", "C2", True, revoked=True),
            Answer(Learned.ACCOUNT, "GB99", "C1", False),
        ]
        assert remember(given) == remember(reversed(given))
        assert remember(given).accounts() == []
