/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Internal to decode_words.c: explanations of messages by subject. Each function
 * gets the text behind the mark of its rule, and leaves buf empty if it cannot be
 * parsed.
 */
#ifndef XEN_MODEL_MESSAGE_WORDS_H
#define XEN_MODEL_MESSAGE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* drivers/passthrough/amd/iommu_init.c: IO_PAGE_FAULT in both forms, other events */
void words_amd_fault(const char *rest, char *buf, size_t size);
void words_amd_event(const char *rest, char *buf, size_t size);

/* drivers/passthrough/vtd/iommu.c */
void words_vtd_dma(const char *rest, char *buf, size_t size);
void words_vtd_interrupt(const char *rest, char *buf, size_t size);
void words_vtd_reason(const char *rest, char *buf, size_t size);

/* arch/x86/mm.c: types of pages, flags and entries of page tables */
void words_bad_type(const char *rest, char *buf, size_t size);
void words_page_type(const char *rest, char *buf, size_t size);
void words_pte_flags(const char *rest, char *buf, size_t size);
void words_pte(const char *rest, char *buf, size_t size);

/* "0x300" of a message to "03:00.0" */
const char *words_device(const char *hex, char device[16]);

#endif
