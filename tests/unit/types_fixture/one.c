/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Types and initialised data similar to those of a hypervisor, linked at Xen's
 * address. The tests of xen/types print it and compare with gdb. It is never
 * run.
 */
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long uint64_t;
typedef signed long s_time_t;
typedef uint16_t domid_t;
typedef struct { unsigned long mfn; } mfn_t;
typedef _Bool bool_alias;

enum state { STATE_runnable, STATE_blocked = 1, STATE_offline = 5 };
enum flags { FLAG_one = 1, FLAG_two = 2, FLAG_four = 4, FLAG_top = 0x80 };
enum masks { MASK_low = 3, MASK_high = 0x30 };
enum sparse { SPARSE_a = 3, SPARSE_b = 5 };
enum negative { NEG_minus = -3, NEG_zero = 0, NEG_plus = 3 };

struct list_head {
	struct list_head *next, *prev;
};

struct opaque;			/* defined in two.c */
struct nowhere;			/* defined in no unit */

struct bits {
	uint32_t a:1, b:3, c:12;
	int d:5;
	uint64_t e:33;
	_Bool f:1;
	enum state g:4;
	uint8_t h:3;
	uint8_t :0;
	uint8_t i:7;
};

struct __attribute__((packed)) packed_bits {
	uint8_t head;
	uint64_t wide:60;
	uint64_t tail:63;
	uint32_t after;
};

struct point {
	int x, y;
};

struct nested {
	uint32_t kind;
	union {
		uint64_t raw;
		struct {
			uint32_t low, high;
		};
		struct {
			uint16_t seg;
			uint8_t bus, devfn;
		} named;
	};
	struct {
		struct point origin;
		struct point corner[2];
	} box;
	int (*compare)(const struct point *, const struct point *);
};

struct regs {
	uint64_t r15, r14;
	union { uint64_t rip; uint32_t eip; };
};

struct vcpu {
	int vcpu_id;
	struct domain *domain;
	struct sched_unit *unit;
	struct {
		struct regs user_regs;
		uint64_t cr[4];
		mfn_t tables[2];
	} arch;
	bool_alias is_running;
	enum state state;
};

struct sched_unit {
	struct vcpu *vcpu_list;
	void *priv;
};

struct domain {
	domid_t domain_id;
	unsigned int max_vcpus;
	struct vcpu **vcpu;
	struct domain *next_in_list;
	uint8_t handle[16];
	char name[16];
	struct list_head pages;
	struct opaque *opaque;
	struct nowhere *nowhere;
	s_time_t created;
	volatile signed char priority;
	const char *comment;
	mfn_t shared;
	enum flags options;
	struct nested nested;
	unsigned long tail[];
};

int compare_points(const struct point *a, const struct point *b);
int compare_points(const struct point *a, const struct point *b)
{
	return a->x - b->x;
}

extern struct domain domain0;
extern struct vcpu vcpu0, vcpu1;
extern struct opaque opaque0;
extern unsigned int assembler_table[];

struct sched_unit unit0 = { &vcpu0, (void *)0x1234 };

struct vcpu vcpu0 = {
	0, &domain0, &unit0,
	{ { 15, 14, { 0xffff82d040200000 } }, { 1, 2, 3, 4 }, { { 7 }, { 8 } } },
	1, STATE_blocked
};
struct vcpu vcpu1 = { 1, &domain0, 0, { .cr = { 9 } }, 0, (enum state)9 };

struct vcpu *vcpu_array[3] = { &vcpu0, &vcpu1 };

struct domain domain0 = {
	.domain_id = 0x7ff0, .max_vcpus = 2, .vcpu = vcpu_array,
	.handle = { 1, 2, 3, 0, 0, 0, 255, 'a', 'b', '"', '\\', '\n', 27, 0, 1, 2 },
	.name = "Domain-0",
	.pages = { &domain0.pages, &domain0.pages },
	.opaque = &opaque0,
	.created = -5000000000L,
	.priority = -2,
	.comment = "hardware domain\n",
	.shared = { 0x1234 },
	.options = FLAG_one | FLAG_four,
	.nested = {
		.kind = 3, .raw = 0x1122334455667788,
		.box = { { 1, -1 }, { { 2, 3 }, { 2, 3 } } },
		.compare = compare_points,
	},
	.tail = { 10, 11, 12 },
};

struct bits bits0 = { 1, 5, 0xabc, -7, 0x1deadbeefUL, 1, STATE_offline, 6, 100 };
struct bits bits_array[3] = { { 1 }, { 1 }, { .d = -1 } };
struct packed_bits packed0 = { 0x5a, 0xfedcba987654321, 0x7123456789abcdef, 7 };

char chars_full[4] = { 'f', 'u', 'l', 'l' };
char chars_short[8] = "ab";
char chars_long[64] = "sixty-four";
char chars_empty[32];
char chars_runs[40] = "aaaaaaaaaaaaaaaaaaaabcdddddddddddddddd";
char chars_mixed[40] = "x\001y\0z\377\177\a\b\t\r\033" "9";
signed char schars[4] = { -1, 2, 'z', 0 };
unsigned char matrix_bytes[2][4] = { "abc", "d" };
char big_text[300] = "begin";
const char *strings[3] = { "first", 0, "third" };
const char *far_pointer = (const char *)0xffff830000001000;
const char *long_string =
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"0123456789012345678901234567890123456789012345678901234567890123456789"
	"0123456789012345678901234567890123456789012345678901234567890123456789";

int matrix[2][3] = { { 1, 2, 3 }, { 4, 5, 6 } };
int matrix_same[12][2];
int cube[2][2][2] = { { { 1, 2 }, { 3, 4 } }, { { 5, 6 }, { 7, 8 } } };
unsigned long zeros[256];
short runs[30] = { 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 4, 4 };
unsigned long many[300] = { 1, 2, 3 };
int counted[250] = {
#define TEN(n) n, n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8, n + 9
#define HUNDRED(n) TEN(n), TEN(n + 10), TEN(n + 20), TEN(n + 30), TEN(n + 40), \
	TEN(n + 50), TEN(n + 60), TEN(n + 70), TEN(n + 80), TEN(n + 90)
	HUNDRED(0), HUNDRED(100), TEN(200), TEN(210), TEN(220), TEN(230), TEN(240)
};
struct point points[14] = { { 1, 2 }, { 3, 4 } };
struct point *point_pointers[12] = { &points[0], &points[1] };
int (*compare_table[2])(const struct point *, const struct point *) = {
	compare_points,
};
int (*compare_hook)(const struct point *, const struct point *) = compare_points;
int (*array_pointer)[3] = &matrix[1];

_Bool bool_true = 1, bool_false;
_Bool bools[3] = { 1, 0, 1 };
uint8_t byte = 65;
char letter = 'q', quote = '\'', control = 7;
signed char negative_char = -100;
unsigned char high_char = 200;
short negative_short = -1234;
unsigned short unsigned_short = 65535;
int negative = -42;
unsigned int unsigned_int = 4000000000U;
long long_value = -9000000000L;
unsigned long unsigned_long = 0xffffffffffffffff;
unsigned long long long_long = 1234567890123ULL;
__int128 int128 = ((__int128)5 << 64) | 7;
float float_value = 1.5;
double double_value = -0.1;
float floats[2] = { 0, 3e20 };

enum state state_known = STATE_offline, state_unknown = (enum state)7;
enum flags flags_none = (enum flags)0, flags_some = (enum flags)0x83;
enum flags flags_odd = (enum flags)0x184, flags_unknown = (enum flags)0x60;
enum masks masks_known = MASK_high, masks_mixed = (enum masks)0x33;
enum sparse sparse_known = SPARSE_b, sparse_unknown = (enum sparse)7;
enum negative negative_enum = NEG_minus;
enum flags flag_array[3] = { FLAG_one, FLAG_two, (enum flags)3 };
enum { ANON_first = 41, ANON_second = 42 } anonymous_enum = ANON_second;

void *void_pointer = &domain0.name;
void *null_pointer;
void *odd_pointer = (void *)0x1234;
struct domain *domain_list = &domain0;
const struct point *const const_pointer = &points[1];
unsigned long *long_pointer = &many[2];
struct list_head list_head0 = { &list_head0, &domain0.pages };
mfn_t mfn0 = { 0x77 };
struct { int a; struct { int b; } c; } unnamed = { 1, { 2 } };
union { unsigned int all; uint8_t part[4]; } mixed = { 0x64636261 };
struct nested nested_pair[2] = { { .kind = 1 }, { .kind = 2 } };
struct { int n; int none[0]; int after; } zero_length = { 1, {}, 2 };
struct {} empty;
struct { struct { struct { struct { int leaf; } d; } c; } b; } deep = { { { { 4 } } } };

/* spans pages that the tests leave out of the dump */
struct holder {
	int first;
	struct point point;
	int middle[2048];
	char text[16];
	struct point *pointer;
	int last;
};
struct holder holder0 = {
	1, { 5, 6 }, { 7 }, "text", &points[0], 2,
};

/* per-cpu data in the layout of Xen: a template, and an offset per cpu */
unsigned long __per_cpu_offset[4] = { 0, 64, 0x8000000000000000, 128 };
struct vcpu *per_cpu__curr_vcpu = &vcpu0;
static int per_cpu__curr_count = 3;
char per_cpu_area[128];
int *curr_count_user = &per_cpu__curr_count;
struct vcpu *per_cpu_of_one = &vcpu1;

static int same_name = 1;
struct local { int one; };
struct local local_one = { 11 };
int *same_name_of_one = &same_name;
unsigned int *use_table = assembler_table;

typedef short in_both;		/* also a struct of two.c */
in_both in_both_one = 3;
