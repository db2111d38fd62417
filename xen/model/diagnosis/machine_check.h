/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Machine check registers as text: Intel SDM volume 3, chapter "Machine-Check
 * Architecture"; AMD64 APM volume 2, chapter "Machine Check Architecture".
 * Architectural bits that both vendors define alike.
 */
#ifndef XEN_MODEL_MACHINE_CHECK_H
#define XEN_MODEL_MACHINE_CHECK_H

#include <stddef.h>
#include <stdint.h>

/* MCi_STATUS: "uncorrected, ...: data read, L1 data cache"; returns buf. */
const char *mce_status_text(uint64_t status, char *buf, size_t size);

/* The error code in the low 16 bits; returns buf. */
const char *mce_code_text(uint16_t code, char *buf, size_t size);

/* MCG_STATUS: "restart IP valid, in progress"; returns buf. */
const char *mce_global_text(uint64_t status, char *buf, size_t size);

#endif
