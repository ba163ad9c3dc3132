"""The three ways in which the Python SDK is used, made alike: a call is awaited and gives an outcome."""
import asyncio
import itertools
import time
import urllib.request
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version

# What became of a call: error is the text that the SDK raised or handed over, None when all went well. status is None
# where the style gives none.
Outcome = namedtuple('Outcome', 'result status error')
Style = namedtuple('Style', 'name call')


class Flavour:
    """What the flavours have in common. origin, cable and control are hosts with ports."""

    fetch_fault = None  # how fetch_messages fails in this flavour, None when it works
    unsubscribe_fault = None  # what the flavour still announces after an unsubscribe
    async_fault = None  # how pn_async fails in this flavour, None when it works
    page_fault = None  # how a list of metadata fails from its second page on, None when it works
    has_compression = True
    space = ' '  # as far as names of groups and of their members can have one
    has_tokens = True  # whether it can ask for tokens of the third kind

    def __init__(self, origin, cable, control):
        self.origin, self.cable, self.control = origin, cable, control
        self.version = version('pubnub')
        self._numbers = itertools.count()
        self.threads = ThreadPoolExecutor(64)

    async def call(self, builder):
        """The result and status of a call that must succeed."""
        outcome = await self.styles[0].call(builder)
        if outcome.error is not None:
            raise AssertionError(outcome.error)
        return outcome

    def channel(self, name='chats'):
        """A channel that no other check uses."""
        return '%s-%s-%d-%d' % (name, self.name.split()[-1], time.time_ns(), next(self._numbers))

    def config(self, user, origin=None, **more):
        """A configuration; more are other settings of it, by their names."""
        from pubnub.enums import PNReconnectionPolicy
        from pubnub.pnconfiguration import PNConfiguration

        config = PNConfiguration()
        config.subscribe_key = 'demo'
        config.publish_key = 'demo'
        config.uuid = user
        config.origin = origin or self.origin
        config.ssl = False
        config.reconnect_policy = PNReconnectionPolicy.LINEAR
        for name, value in more.items():
            setattr(config, name, value)
        return config

    async def switch(self, what):
        """Cuts the cable or mends it."""
        request = urllib.request.Request('http://%s/%s' % (self.control, what), method='POST')
        await self.in_a_thread(lambda: urllib.request.urlopen(request, timeout=5).read())

    async def in_a_thread(self, work):
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    @staticmethod
    def limit(number):
        return str(number)


class Sync(Flavour):
    name = 'Python'
    unsubscribe_fault = 'after `unsubscribe()` the poll that waits is not ended, and its next event is still announced'

    def __init__(self, *places):
        super().__init__(*places)
        self.styles = [Style('`sync()`', self._sync), Style('`pn_async(callback)`', self._async)]

    def client(self, user, origin=None, **more):
        from pubnub.pubnub import PubNub

        return PubNub(self.config(user, origin, **more))

    async def _sync(self, builder):
        try:
            envelope = await self.in_a_thread(builder.sync)
            return Outcome(envelope.result, envelope.status, None)
        except Exception as error:
            return Outcome(None, None, str(error))

    async def _async(self, builder):
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        builder.pn_async(lambda result, status: loop.call_soon_threadsafe(future.set_result, (result, status)))
        result, status = await asyncio.wait_for(future, 20)
        return Outcome(result, status, status.error_data.information if status.is_error() else None)


class Awaited(Flavour):
    """The flavours whose calls are awaited."""

    space = '_'

    def __init__(self, *places):
        super().__init__(*places)
        self.styles = [Style('`future()`', self._future), Style('`result()`', self._result)]

    async def _future(self, builder):
        envelope = await builder.future()
        error = str(envelope.status.error_data.exception) if envelope.is_error() else None
        return Outcome(envelope.result, envelope.status, error)

    async def _result(self, builder):
        try:
            return Outcome(await builder.result(), None, None)
        except Exception as error:
            return Outcome(None, None, str(error))


    def async_fails(self, builder):
        try:
            builder.pn_async(lambda result, status: None)
            return False
        except (AttributeError, TypeError) as error:
            return type(error).__name__ in self.async_fault


class Asyncio(Awaited):
    name = 'Python asyncio'
    async_fault = '`pn_async` cannot be called (`AttributeError`)'
    fetch_fault = '`fetch_messages` raises in the SDK (`KeyError: 45`) after a good answer'

    def client(self, user, origin=None, **more):
        from pubnub.pubnub_asyncio import PubNubAsyncio

        return PubNubAsyncio(self.config(user, origin, **more))

    async def fetch_fails(self, builder):
        outcome = await self.styles[0].call(builder)
        return outcome.error == '45'


class Tornado(Awaited):
    name = 'Python Tornado'
    async_fault = '`pn_async` cannot be called (`TypeError`)'
    fetch_fault = '`fetch_messages` never calls back after a good answer'
    has_compression = False
    has_tokens = False
    page_fault = 'the second page of a list of metadata cannot be requested (`TypeError`)'

    def __init__(self, *places):
        import tornado_shim  # noqa: F401

        super().__init__(*places)

    def client(self, user, origin=None, **more):
        from pubnub.pubnub_tornado import PubNubTornado
        from tornado.ioloop import IOLoop

        return PubNubTornado(self.config(user, origin, **more), IOLoop.current())

    async def fetch_fails(self, builder):
        try:
            await asyncio.wait_for(self.styles[0].call(builder), 2)
            return False
        except asyncio.TimeoutError:
            return True

    @staticmethod
    def limit(number):
        return number


ALL = {'sync': Sync, 'asyncio': Asyncio, 'tornado': Tornado}
