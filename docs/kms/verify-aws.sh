#!/usr/bin/env bash
# Runs the conformance file of pkg-tests/suites/kms against AWS KMS itself.
#
# It takes the credentials and the region that AWS's clients find: `aws configure`, or AWS_PROFILE and AWS_REGION.
# They need kms:CreateKey, DescribeKey, GetPublicKey, Decrypt, DeriveSharedSecret, EnableKey, DisableKey, ScheduleKeyDeletion,
# CancelKeyDeletion, CreateAlias, UpdateAlias and DeleteAlias. A run makes 11 asymmetric keys and schedules their deletion in
# 7 days, the shortest time there is. AWS charges no key that waits for its deletion; its requests cost a few cents.
set -euo pipefail
cd "$(dirname "$0")/../../pkg-tests"
(cd suites/kms && npm ci --no-audit --no-fund --ignore-scripts)
STRONGROOM_KMS=aws exec node run.mjs suites/kms
