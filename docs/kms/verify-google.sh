#!/usr/bin/env bash
# Runs the conformance file of pkg-tests/suites/kms against Google Cloud KMS itself:
# `verify-google.sh projects/P/locations/L/keyRings/R`.
#
# It needs the gcloud CLI, signed in (`gcloud auth login`) as somebody with the role "Cloud KMS Admin" and "Cloud KMS CryptoKey
# Decrypter" on a key ring for tests: neither keys nor key rings can be deleted, only their versions. A run makes eight keys
# with nine versions of 2048 bits and schedules the destruction of each. Google says that a version which is disabled may be used for
# some time still, up to hours: the tests of that wait three minutes.
set -euo pipefail
ring=${1:?the name of a key ring, projects/P/locations/L/keyRings/R}
cd "$(dirname "$0")/../../pkg-tests"
(cd suites/kms && npm ci --no-audit --no-fund --ignore-scripts)
STRONGROOM_GOOGLE_TOKEN=$(gcloud auth print-access-token)
export STRONGROOM_GOOGLE_TOKEN STRONGROOM_GOOGLE_RING=$ring
STRONGROOM_KMS=google exec node run.mjs suites/kms
