#!/bin/bash
# Sourced by kolla_start just before the command. Many image names share the files of one family, so
# the name (set in the environment of each image) picks the step that this name needs, if any.
if [[ -n "${KOLLA_IMAGE:-}" && -r "/usr/local/lib/kolla/extend/${KOLLA_IMAGE}" ]]; then
    . "/usr/local/lib/kolla/extend/${KOLLA_IMAGE}"
fi
