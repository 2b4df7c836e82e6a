/*
 * What a headless run is written as: the JSON document of LANGUAGE.md, rows of CSV.
 */
#ifndef LAB_EXPORT_DOCUMENT_H
#define LAB_EXPORT_DOCUMENT_H

#include <stdio.h>

#include "lab/language/session.h"

/* {"schema":"outage.run/1", ...}: every metric that has a value, of every part in every variant. */
void document_json(FILE *file, struct session *session, const char *name);

/* time_s,variant,metric,value of each watched metric, now; and the line above them. */
void document_csv_head(FILE *file);
void document_csv_rows(FILE *file, struct session *session);

#endif
