// sample: docs/reading.md "serveObjects"
