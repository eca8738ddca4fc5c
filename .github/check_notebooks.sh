#!/usr/bin/env bash
# Checks the notebooks that the patterns in NOTEBOOKS name, each once, and adds the verdicts to GITHUB_STEP_SUMMARY.
# Exit 1 if an exercise of one of them is not passed, 2 if there is no notebook or one cannot be checked.
set -uo pipefail
shopt -s nullglob
# the patterns are to be expanded here; a name with spaces in it stays one name
IFS=' ' read -r -a patterns <<< "${NOTEBOOKS:?}"
found=()
for pattern in "${patterns[@]}"; do
    while IFS= read -r path; do found+=("$path"); done < <(compgen -G "$pattern")
done
if [ ${#found[@]} -eq 0 ]; then
    echo "No notebook here: ${NOTEBOOKS}" | tee -a "${GITHUB_STEP_SUMMARY:?}" >&2
    exit 2
fi
worst=0
for notebook in "${found[@]}"; do
    echo "== $notebook"
    autograder check "$notebook" --summary "$GITHUB_STEP_SUMMARY"
    code=$?
    [ "$code" -gt "$worst" ] && worst=$code
done
exit "$worst"
