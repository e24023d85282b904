"""Where invented customers live and what they and their people are called.

Company names are put together from syllables, domains end in `.example`, and telephone numbers
come from the ranges regulators keep for fiction, so no real firm or person can be met.
"""

import random
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Market:
    """A place of business with what follows from it. `phone` takes two digits."""

    place: str
    time_zone: str
    language: str
    currency: str
    legal_forms: tuple[str, ...]
    invoice_prefix: str = "INV"
    phone: str | None = None
    weight: int = 1


_US = ("Inc.", "LLC", "Corp.", "Co.")
_CA = ("Ltd.", "Inc.")
_GB = ("Ltd", "PLC", "LLP")
MARKETS = (
    Market("US-CA", "America/Los_Angeles", "en", "USD", _US, phone="+141555501{:02d}", weight=9),
    Market("US-TX", "America/Chicago", "en", "USD", _US, phone="+151255501{:02d}", weight=7),
    Market("US-NY", "America/New_York", "en", "USD", _US, phone="+121255501{:02d}", weight=8),
    Market("US-FL", "America/New_York", "es", "USD", _US, phone="+130555501{:02d}", weight=3),
    Market("US-WA", "America/Los_Angeles", "en", "USD", _US, phone="+120655501{:02d}", weight=3),
    Market("US-CO", "America/Denver", "en", "USD", _US, phone="+130355501{:02d}", weight=3),
    Market("CA-ON", "America/Toronto", "en", "CAD", _CA, phone="+141655501{:02d}", weight=4),
    Market("CA-QC", "America/Toronto", "fr", "CAD", _CA, "FAC", "+151455501{:02d}", weight=2),
    Market("GB-ENG", "Europe/London", "en", "GBP", _GB, phone="+4477009000{:02d}", weight=7),
    Market("GB-SCT", "Europe/London", "en", "GBP", _GB, phone="+4477009000{:02d}", weight=2),
    Market(
        "EU-DE", "Europe/Berlin", "de", "EUR", ("GmbH", "AG", "KG"), "RE", "+4930231250{:02d}", 8
    ),
    Market("EU-AT", "Europe/Vienna", "de", "EUR", ("GmbH", "OG"), "RE", None, 2),
    Market(
        "EU-FR", "Europe/Paris", "fr", "EUR", ("SARL", "SAS", "SA"), "FAC", "+331990000{:02d}", 6
    ),
    Market("EU-ES", "Europe/Madrid", "es", "EUR", ("S.L.", "S.A."), "FRA", None, 5),
    Market("EU-NL", "Europe/Amsterdam", "en", "EUR", ("B.V.",), "INV", None, 2),
    Market("EU-IE", "Europe/Dublin", "en", "EUR", ("Ltd",), "INV", None, 1),
)
_WEIGHTS = [market.weight for market in MARKETS]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_HEADS = _words(
    "Abri Aldo Barno Bexi Brevo Calvi Corva Dalmo Devra Elmi Ervo Falco Fenri Gadra Galvo Hesti "
    "Ilvo Jarva Kelmo Kivra Lanto Lurvi Maldo Mevra Nalvi Norvo Olbri Orva Pelto Pravi Quilla "
    "Ravo Relmi Salvo Sembri Tavo Telmi Ulvra Valdo Velmi Wexo Yarvi Zelmo Zorvi"
)
_TAILS = _words(
    "bek brand cor dane dorn fell gard hask kamp lind lund mar mund nor quist rane ric sen stad "
    "strom tek thal tor vane vik wick worth zell"
)
_TRADES = {
    "en": "Packaging,Foods,Bearings,Textiles,Logistics,Dental Supply,Hardware,Coatings,Printing,"
    "Catering,Optics,Timber,Electrical,Freight,Seeds,Tooling,Interiors,Software,Labs,Plastics",
    "de": "Verpackung,Lebensmittel,Werkzeugbau,Textil,Spedition,Medizintechnik,Druck,Holzbau,"
    "Elektro,Maschinenbau,Optik,Kunststoff,Gartenbau,Lacke,Metallbau",
    "fr": "Emballages,Traiteur,Outillage,Textiles,Transports,Imprimerie,Optique,Menuiserie,"
    "Électricité,Semences,Peintures,Plasturgie,Distribution,Logiciels",
    "es": "Envases,Alimentos,Herramientas,Textiles,Transportes,Imprenta,Óptica,Maderas,"
    "Electricidad,Semillas,Pinturas,Plásticos,Distribución,Hostelería",
}
_TRADE_LISTS = {language: trades.split(",") for language, trades in _TRADES.items()}
_FIRST = {
    "en": "Ada Bram Cleo Dorian Effie Gideon Hattie Ivo Juno Lionel Mabel Nell Orla Piers Tessa",
    "de": "Anke Bodo Dörte Eike Frauke Gesa Hauke Imke Jörn Kerrin Lutz Meike Nele Ortwin Silke",
    "fr": "Aline Basile Capucine Damien Elodie Firmin Gaëlle Honoré Inès Lucette Maxence Noémie",
    "es": "Aitana Benicio Candela Dalia Eloy Fabiola Gaspar Hernán Íñigo Leire Macarena Nuria",
}
_FIRST_LISTS = {language: _words(names) for language, names in _FIRST.items()}
_ASCII = str.maketrans({"ß": "ss", "ø": "o"})


def pick_market(rng: random.Random, language: str | None = None) -> Market:
    """Draw a market by its weight, of one language if asked."""
    if language is None:
        return rng.choices(MARKETS, _WEIGHTS)[0]
    return rng.choice([market for market in MARKETS if market.language == language])


def company_name(rng: random.Random, market: Market) -> str:
    """Name an invented company, such as `Tavolind Textil GmbH`."""
    trade = rng.choice(_TRADE_LISTS[market.language])
    return f"{rng.choice(_HEADS)}{rng.choice(_TAILS)} {trade} {rng.choice(market.legal_forms)}"


def person_name(rng: random.Random, market: Market) -> str:
    """Name an invented person of a market's language."""
    first = rng.choice(_FIRST_LISTS[market.language])
    return f"{first} {rng.choice(_HEADS)}{rng.choice(_TAILS)}"


def slug(text: str) -> str:
    """Fold a name to what an address may hold: lower case ASCII letters, digits and hyphens."""
    folded = unicodedata.normalize("NFKD", text.translate(_ASCII)).encode("ascii", "ignore")
    words = "".join(c if c.isalnum() else " " for c in folded.decode().lower()).split()
    return "-".join(words)


def domain(company: str) -> str:
    """The mail domain of a company, without its legal form."""
    return f"{slug(company.rsplit(' ', 1)[0])}.example"


def phone_number(rng: random.Random, market: Market) -> str | None:
    """A number of the market's range for fiction, or None where no such range exists."""
    if market.phone is None:
        return None
    return market.phone.format(rng.randrange(100))
