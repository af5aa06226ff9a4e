"""A made-up data set in the manner of ATIS: travellers' Vietnamese, one intent in three quarters of the rows.

It stands in where the real set may not be at hand: a foreign domain, names of foreign cities, heavy skew, intents of a
few examples, compound labels (`flight#airfare`) beside their parts. Some ways of asking are kept for the test rows
only, and a few labels are wrong, as in sets labelled by people.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

_SLOTS: dict[str, str] = {
    "city": "boston|denver|dallas|atlanta|pittsburgh|san francisco|baltimore|philadelphia|oakland|washington"
    "|fort worth|los angeles|las vegas|new york|charlotte|milwaukee|phoenix|st. louis|memphis|houston|miami|seattle"
    "|kansas city|indianapolis|cleveland|detroit|tampa|orlando|newark|toronto|montreal|minneapolis|salt lake city",
    "airline": "delta|united|american airlines|us air|continental|twa|northwest|lufthansa|canadian airlines"
    "|midwest express",
    "day": "thứ hai|thứ ba|thứ tư|thứ năm|thứ sáu|thứ bảy|chủ nhật|ngày mai|ngày 5 tháng 6|ngày 12 tháng tám"
    "|thứ hai tuần sau|cuối tuần",
    "time": "buổi sáng|buổi chiều|buổi tối|trước 10 giờ sáng|sau 5 giờ chiều|lúc 8 giờ|khoảng giữa trưa|sớm nhất"
    "|muộn nhất|giữa 2 giờ và 4 giờ chiều",
    "no": "852|417|1059|281|539|1765|210|98",
    "plane": "boeing 757|737|dc10|m80|747|l1011|72s|boeing 767",
    "airport": "sfo|jfk|la guardia|dfw|love field|bwi|ewr|mco|ord|lga",
    "class": "hạng nhất|hạng phổ thông|hạng thương gia|hạng thường",
    "code": "f|y|qx|qw|h|ea|hp|ap57|ap80|vu/1|b|c|bh|d/s|s/|ff|mci",
    "meal": "bữa sáng|bữa trưa|bữa tối|bữa ăn nhẹ",
    "trip": "một chiều|khứ hồi",
    "car": "xe limousine|taxi|xe buýt|xe thuê|xe điện",
    "please": "|||làm ơn |cho tôi biết |tôi muốn biết |xin hãy cho tôi biết |vui lòng cho tôi biết "
    "|bạn có thể cho tôi biết ",
    "show": "cho tôi xem|liệt kê|hãy cho tôi xem|tôi muốn xem|vui lòng liệt kê|cho tôi danh sách|tìm cho tôi"
    "|tôi cần|hãy liệt kê cho tôi",
    "route": "từ {city} đến {city}|từ {city} tới {city}|giữa {city} và {city}|đi từ {city} đến {city}"
    "|từ {city} đi {city} có quá cảnh ở {city}|đến {city} từ {city}|khởi hành từ {city} và đến {city}",
    "when": "||| vào {day}| vào {time}| vào {time} {day}| {day}| khởi hành {time}| đến nơi {time}| vào {day} {time}",
    "by": "||| của {airline}| của hãng {airline}| trên {airline}",
}

# Intent → (share of train rows, share of test rows, ways of asking). The last third of the ways is asked by test rows
# only. The shares are per mille, about those of ATIS, whose test rows ask for rare things more often.
_INTENTS: dict[str, tuple[float, float, str]] = {
    "flight": (
        740,
        705,
        """{show} các chuyến bay {route}{when}{by}
        {show} tất cả các chuyến bay{by} {route}{when}
        tôi muốn bay {route}{when}
        tôi cần một chuyến bay {route}{when}
        có chuyến bay nào {route}{when} không
        có chuyến bay nào{by} {route} có phục vụ {meal} không
        {show} chuyến bay rẻ nhất {route}{when}
        {show} các chuyến bay {trip} {route} với giá vé dưới 500 đô la
        {please}chuyến bay nào đi {route}{when}
        những chuyến bay nào {route}{when} dừng ở {city}
        {show} chuyến bay thẳng {route}{when}{by}
        chuyến bay {trip} {route}{when} nào có giá thấp nhất
        {please}chuyến bay cuối cùng {route}{when}
        tôi muốn đặt một chuyến bay {route} sử dụng máy bay {plane}
        tôi đang ở {city} và muốn tới {city}{when}
        hãng nào cũng được , tôi cần một chuyến {route}{when}
        sân bay {airport} có những chuyến bay nào đi {city}
        những chuyến bay nào của {airline} đi {route} và số hiệu nhỏ hơn {no}
        {show} các chuyến bay {class} {route}{when}
        {please}chuyến bay{by} {no} {route}
        các chuyến bay {route}{when}
        {airline} có chuyến bay nào {route}{when} không
        tôi muốn đi {route}{when} thì đi chuyến nào
        {show} những chuyến có thời gian bay ngắn nhất {route}
        sắp xếp cho tôi một chuyến đi {route} có trên máy bay {meal}
        chuyến bay nào {route} có thể chở trên 100 hành khách""",
    ),
    "airfare": (
        87,
        54,
        """{show} giá vé {route}{when}
        giá vé {trip} {route} là bao nhiêu
        {please}giá vé {trip} rẻ nhất {route}{when}
        giá vé{by} {class} {route} là bao nhiêu
        {show} vé {trip} rẻ nhất {route}
        {please}chi phí của một chuyến bay {route}
        vé {class} {trip} {route}{when} giá bao nhiêu
        {show} các mức giá vé của chuyến bay {route}{by}
        một chuyến bay {route}{when} tốn bao nhiêu tiền
        bay {route} {class} thì hết bao nhiêu tiền""",
    ),
    "ground_service": (
        53,
        40,
        """có những phương tiện di chuyển mặt đất nào ở {city}
        {show} dịch vụ mặt đất ở {city}
        làm thế nào để đi từ sân bay {airport} về trung tâm {city}
        tôi có thể thuê {car} ở {city} không
        có {car} từ sân bay về trung tâm thành phố {city} không
        phương tiện giao thông ở {city}
        {please}phương tiện đi lại từ sân bay {city} vào trung tâm
        tôi cần thuê {car} tại {city}{when}""",
    ),
    "airline": (
        32,
        42,
        """những hãng hàng không nào bay {route}
        {show} các hãng hàng không có chuyến bay {route}{when}
        hãng hàng không nào có chuyến bay {class} {route}
        {please}hãng nào phục vụ {city}
        {airline} là hãng nào
        {airport} là trung tâm của hãng hàng không nào
        chuyến bay {no} {route} là của hãng nào""",
    ),
    "abbreviation": (
        29,
        37,
        """{code} nghĩa là gì
        mã giá vé {code} có nghĩa là gì
        {please}ý nghĩa của mã {code}
        hãng hàng không {code} là viết tắt của gì
        mã vé {code} là gì
        {code} là gì
        giải thích mã hạn chế {code}
        ký hiệu {code} là gì""",
    ),
    "aircraft": (
        16,
        10,
        """loại máy bay nào được sử dụng trên chuyến bay {route}{when}
        {please}loại máy bay của chuyến bay{by} {no} {route}
        chuyến bay {route}{when} sử dụng máy bay gì
        {show} các loại máy bay mà {airline} sử dụng
        {plane} là gì
        máy bay {plane} là loại máy bay gì""",
    ),
    "flight_time": (
        11,
        2,
        """thời gian bay {route} là bao lâu
        {please}giờ khởi hành của các chuyến bay {route}{when}
        {show} lịch bay {route}{when}
        chuyến bay{by} {no} {route} cất cánh lúc mấy giờ""",
    ),
    "quantity": (
        10,
        5,
        """có bao nhiêu chuyến bay {route}{when}
        {airline} có bao nhiêu chuyến bay đến {city}
        {airline} có bao nhiêu hạng vé
        có bao nhiêu hãng bay {route}
        {please}số lượng chuyến bay {class} {route}""",
    ),
    "flight#airfare": (
        5,
        13,
        """{show} các chuyến bay và giá vé {route}{when}
        {show} chuyến bay {route} và giá vé {trip}
        {please}giá vé và các chuyến bay {route}{when}""",
    ),
    "city": (
        4,
        7,
        """{airline} bay đến những thành phố nào
        {show} các thành phố mà {airline} phục vụ
        {city} thuộc thành phố nào
        sân bay {airport} ở thành phố nào""",
    ),
    "distance": (
        4,
        11,
        """sân bay {airport} cách trung tâm {city} bao xa
        khoảng cách từ sân bay {city} đến trung tâm thành phố
        {please}quãng đường giữa {city} và {airport}""",
    ),
    "airport": (
        4,
        20,
        """{show} các sân bay ở {city}
        {airport} là sân bay gì
        {please}sân bay của {city}
        các sân bay phục vụ {city} là những sân bay nào
        tên các sân bay của {city} là gì
        có những sân bay nào gần {city}""",
    ),
    "ground_fare": (
        4,
        8,
        """giá {car} ở {city} là bao nhiêu
        thuê {car} từ sân bay {airport} về {city} hết bao nhiêu tiền
        {please}giá thuê {car} tại {city}""",
    ),
    "capacity": (
        4,
        23,
        """máy bay {plane} chở được bao nhiêu hành khách
        {please}sức chứa của máy bay {plane}
        có bao nhiêu hành khách có thể bay trên {plane}
        {please}số chỗ ngồi của {plane}
        sức chứa của các loại máy bay mà {airline} sử dụng là bao nhiêu
        có bao nhiêu ghế trên {plane}
        có thể chở bao nhiêu người trên một chiếc {plane}""",
    ),
    "flight_no": (
        3,
        9,
        """số hiệu chuyến bay{by} {route}{when}
        {show} số hiệu các chuyến bay {route}
        số chuyến bay {route} là gì""",
    ),
    "meal": (
        1.3,
        7,
        """chuyến bay {no} {route} có phục vụ bữa ăn gì
        {please}bữa ăn trên chuyến bay{by} {route}
        {airline} phục vụ những bữa ăn nào
        những bữa ăn nào được phục vụ trên {airline}""",
    ),
    "restriction": (
        1,
        1,
        """hạn chế của vé {trip} rẻ nhất {route} là gì
        {please}hạn chế {code} là gì
        vé {class} có những hạn chế nào""",
    ),
    "airline#flight_no": (
        0.6,
        1,
        """{please}hãng hàng không và số hiệu chuyến bay {route}{when}
        {show} tên hãng và số hiệu các chuyến bay {route}""",
    ),
    "cheapest": (0.6, 1, "{show} giá rẻ nhất {route}"),
    "aircraft#flight#flight_no": (0.6, 1, "{please}loại máy bay, chuyến bay và số hiệu {route}"),
    "ground_service#ground_fare": (0.6, 1, "{please}phương tiện và giá đi lại ở {city}"),
    "day_name": (0, 2, "{please}ngày trong tuần của chuyến bay {route}"),
    "airfare#flight": (0, 1, "{please}giá vé và hạng của chuyến bay {route}"),
}

_SLOT = re.compile(r"\{(\w+)\}")
_WRONG = 0.008
_UNSEEN = 0.15
_FEWEST = 3


@dataclass(frozen=True)
class Rows:
    """Texts and their labels, in step."""

    texts: list[str]
    labels: list[str]


def _say(way: str, rng: random.Random) -> str:
    while _SLOT.search(way):
        way = _SLOT.sub(lambda match: rng.choice(_SLOTS[match.group(1)].split("|")), way, count=1)
    return " ".join(way.split())


def _rows(number: int, rng: random.Random, *, test: bool) -> Rows:
    total = sum(shares[test] for *shares, _ in _INTENTS.values())
    trained = [name for name, (share, _, _) in _INTENTS.items() if share]
    pairs: list[tuple[str, str]] = []
    for name, (of_train, of_test, text) in _INTENTS.items():
        share = of_test if test else of_train
        ways = [line.strip() for line in text.splitlines()]
        seen = ways[: len(ways) - len(ways) // 3]
        for _ in range(max(1 if test else _FEWEST, round(number * share / total)) if share else 0):
            unseen = test and rng.random() < _UNSEEN and len(seen) < len(ways)
            said = _say(rng.choice(ways[len(seen) :] if unseen else seen), rng)
            pairs.append((said, rng.choice(trained) if rng.random() < _WRONG else name))
    rng.shuffle(pairs)
    return Rows([text for text, _ in pairs], [label for _, label in pairs])


def generate(train: int = 4478, test: int = 893, seed: int = 7) -> tuple[Rows, Rows]:
    """Rows to train on and rows to test on; the test asks for two labels that were never seen."""
    rng = random.Random(seed)  # noqa: S311  # not for secrets
    return _rows(train, rng, test=False), _rows(test, rng, test=True)


def word_level(text: str, pairs: Sequence[str] = ("chuyến bay", "giá vé", "hàng không", "máy bay", "sân bay")) -> str:
    """The text as a word-level data set writes it: the syllables of a word joined by an underscore."""
    for pair in pairs:
        text = text.replace(pair, pair.replace(" ", "_"))
    return text
