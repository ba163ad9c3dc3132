"""Runs the checks with one flavour of the Python SDK against a server.

    run.py FLAVOUR ORIGIN CABLE CONTROL

ORIGIN is the server's host and port, CABLE another way to it that CONTROL can cut (/cut) and mend (/mend).
Every check is reported on standard output, as a line of JSON.
"""
import asyncio
import json
import logging
import os
import sys
import traceback
import warnings


def report(**line):
    print(json.dumps(line), flush=True)


async def main(flavour, origin, cable, control):
    import checks
    import flavours

    sdk = flavours.ALL[flavour](origin, cable, control)
    report(sdk=sdk.name, version=sdk.version, styles=[style.name for style in sdk.styles])
    for check in checks.ALL:
        seen = checks.Seen()
        try:
            await asyncio.wait_for(check(sdk, seen), 90)
            report(check=check.__name__, passed=True, expectations=seen.expectations, faults=seen.faults)
        except BaseException:
            report(check=check.__name__, passed=False, expectations=seen.expectations, faults=seen.faults,
                   error=traceback.format_exc()[-4000:])


if __name__ == '__main__':
    warnings.simplefilter('ignore')
    logging.disable(logging.CRITICAL)
    try:
        asyncio.run(asyncio.wait_for(main(*sys.argv[1:]), 300))
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)  # the threads of the SDK would go on for a while
