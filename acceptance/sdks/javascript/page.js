// What run.js uses of Node.js, in a page.
'use strict';

(() => {
  /** Whether two values are equal all the way down, as strict deepEqual of Node.js sees it. */
  function isSame(one, other) {
    if (Object.is(one, other)) {
      return true;
    }
    if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null
      || Array.isArray(one) !== Array.isArray(other)) {
      return false;
    }
    const names = Object.keys(one);
    return names.length === Object.keys(other).length
      && names.every((name) => Object.hasOwn(other, name) && isSame(one[name], other[name]));
  }

  function assert(value, message) {
    if (!value) {
      throw new Error(message ?? 'an assertion does not hold');
    }
  }

  assert.deepEqual = (actual, expected, message) => assert(isSame(actual, expected), message);

  assert.rejects = async (promise, check) => {
    let error;
    try {
      await promise;
    } catch (e) {
      error = e;
    }
    assert(error !== undefined && check(error), 'it was not rejected as expected');
  };

  // One report after the other, so that they arrive in order.
  let reported = Promise.resolve();
  const post = (url, body) => { reported = reported.then(() => fetch(url, { method: 'POST', body })); };

  const modules = {
    'node:assert/strict': assert,
    'node:fs': { writeSync: (_, text) => post('/report', text) },
    pubnub: window.PubNub,
    'pubnub/package.json': {},
  };

  window.require = (name) => modules[name];
  window.process = { argv: ['', '', ...places], exit: () => post('/end') };
})();
