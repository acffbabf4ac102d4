#!/usr/bin/env bash
# Runs the conformance file of pkg-tests/suites/kms against Azure Key Vault itself: `verify-azure.sh https://NAME.vault.azure.net`.
#
# It needs the Azure CLI, signed in (`az login`) as somebody with the role "Key Vault Crypto Officer" on the vault. A run makes
# six RSA keys of 2048 bits and deletes them; they stay in the vault's deleted keys until its retention ends, or a purge.
set -euo pipefail
vault=${1:?the URL of a vault, https://NAME.vault.azure.net}
cd "$(dirname "$0")/../../pkg-tests"
(cd suites/kms && npm ci --no-audit --no-fund --ignore-scripts)
STRONGROOM_AZURE_TOKEN=$(az account get-access-token --resource https://vault.azure.net --query accessToken --output tsv)
export STRONGROOM_AZURE_TOKEN STRONGROOM_AZURE_VAULT=$vault
STRONGROOM_KMS=azure exec node run.mjs suites/kms
