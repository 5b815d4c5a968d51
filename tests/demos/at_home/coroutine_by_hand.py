from lesson import add, by_hand

assert by_hand(add(), 42, 8) == 50

coroutine = add()
assert by_hand(coroutine, 42) == "second?"
assert coroutine.cr_frame.f_locals == {"first": 42}
coroutine.close()
