"""Lets pubnub 4.8.1 and tornado 5.1.1, both of 2018 to 2020, run on Python 3.11.

What is patched, and nothing else:

1. `collections.Mapping`, `MutableMapping`, `Iterable` and `Callable`: gone since Python 3.10, used by tornado.
2. `tornado.ioloop.PeriodicCallback(callback, milliseconds, loop)`: the SDK hands over a loop, which tornado 5 no longer
   takes (its third parameter is another one since).

Has to be imported before tornado and the SDK.
"""
import collections
import collections.abc

for name in ('Mapping', 'MutableMapping', 'Iterable', 'Callable'):
    setattr(collections, name, getattr(collections.abc, name))

import tornado.ioloop  # noqa: E402


class PeriodicCallback(tornado.ioloop.PeriodicCallback):
    def __init__(self, callback, callback_time, loop=None):
        super().__init__(callback, callback_time)


tornado.ioloop.PeriodicCallback = PeriodicCallback
