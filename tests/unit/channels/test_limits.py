from __future__ import annotations

from bot.channels.web.limits import RateLimiter, client_name


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_burst_then_a_steady_rate() -> None:
    clock = Clock()
    limiter = RateLimiter(burst=3, per_second=0.5, clock=clock)
    assert [limiter.take("a") for _ in range(4)] == [0, 0, 0, 2]
    clock.now += 1
    assert limiter.take("a") == 1
    clock.now += 1
    assert [limiter.take("a"), limiter.take("a")] == [0, 2]


def test_one_does_not_use_up_what_is_anothers() -> None:
    limiter = RateLimiter(burst=1, per_second=1, clock=Clock())
    assert [limiter.take("a"), limiter.take("b"), limiter.take("a")] == [0, 0, 1]


def test_refused_requests_do_not_prolong_the_wait() -> None:
    clock = Clock()
    limiter = RateLimiter(burst=1, per_second=1, clock=clock)
    limiter.take("a")
    for _ in range(10):
        limiter.take("a")
    clock.now += 1
    assert limiter.take("a") == 0


def test_memory_is_bounded() -> None:
    limiter = RateLimiter(burst=1, per_second=1, clock=Clock(), most=10)
    for name in range(100):
        limiter.take(name)
    assert len(limiter._buckets) == 10


def test_ipv6_neighbours_share_a_bucket() -> None:
    assert client_name("2001:db8::1") == client_name("2001:db8::ffff")
    assert client_name("2001:db8::1") != client_name("2001:db8:0:1::1")
    assert client_name("fe80::1%eth0") == "fe80::/64"
    assert client_name("192.0.2.1") != client_name("192.0.2.2")
    assert client_name(None) == "local"
