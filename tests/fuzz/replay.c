/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a fuzzer's function on files, without libFuzzer, with any compiler. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *path)
{
	FILE *fp = fopen(path, "r");
	uint8_t *bytes = NULL;
	long size = -1;

	if (fp && !fseek(fp, 0, SEEK_END)) {
		size = ftell(fp);
		rewind(fp);
	}
	/* exactly as long as the input: an access past its end is detected */
	if (size >= 0)
		bytes = malloc(size);
	if (!bytes || fread(bytes, 1, size, fp) != (size_t)size) {
		perror(path);
		return 1;
	}
	fclose(fp);
	LLVMFuzzerTestOneInput(bytes, size);
	free(bytes);
	return 0;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return bad;
}
