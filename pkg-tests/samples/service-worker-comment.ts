// sample: js/src/adapters/media/service-worker.ts "serveObjects"
