"""A new client is to be served where the next answer comes soonest."""

from __future__ import annotations

from desktop.ssh.delay import delay_behind_answer_s, delay_behind_bulk_s


def test_behind_bulk_data_an_answer_waits_as_long_as_the_last_ping_did() -> None:
    assert delay_behind_bulk_s(0.050, 0.350) == 0.3


def test_a_queue_that_was_empty_a_moment_ago_is_not_trusted() -> None:
    assert 0 < delay_behind_bulk_s(0.050, 0.050) < 0.01


def test_behind_another_answer_it_waits_for_the_rest_of_its_round_trip() -> None:
    waits_s = [
        round(delay_behind_answer_s(0.050, ago_s, has_clients=True), 3) for ago_s in (0.0, 0.010, 60.0)
    ]
    assert waits_s == [0.05, 0.04, 0.0]


def test_where_somebody_has_just_asked_another_answer_may_come_too() -> None:
    assert 0.0 < delay_behind_answer_s(0.050, 0.060, has_clients=True) < 0.050


def test_where_whoever_asked_has_left_only_what_is_under_way_is_in_the_way() -> None:
    waits_s = [round(delay_behind_answer_s(0.050, ago_s, has_clients=False), 3) for ago_s in (0.010, 0.060)]
    assert waits_s == [0.04, 0.0]


def test_near_by_bulk_data_is_in_the_way_and_far_off_another_answer() -> None:
    bulk_s = delay_behind_bulk_s(0.0002, 0.0002)
    near_s, far_s = (delay_behind_answer_s(trip_s, 0.0, has_clients=False) for trip_s in (0.0002, 0.050))
    assert near_s < bulk_s < far_s
