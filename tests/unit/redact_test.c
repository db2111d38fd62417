/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Redaction of texts: replaced and kept words; equal texts have equal replacements. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <cmocka.h>

#include "assert_err.h"
#include "xen/base/array.h"
#include "xen/output/redact.h"
#include "xen/output/redact_match.h"

static void check(struct redactor *r, const char *text, const char *expected)
{
	char *got = redactor_text(r, text);

	assert_non_null(got);
	assert_string_equal(got, expected);
	free(got);
}

static void test_patterns(void **state)
{
	static const char *const cases[][2] = {
		{ "domain 23d41c2e-eb61-11f1-9729-23f59c2bc0b7 died",
		  "domain <uuid-1> died" },
		{ "UUID 23D41C2E-EB61-11F1-9729-23F59C2BC0B7, and 00000000-eb61-11f1-9729-23f59c2bc0b7",
		  "UUID <uuid-1>, and <uuid-2>" },
		{ "vif 00:16:3e:aa:bb:cc up", "vif <mac-1> up" },
		{ "00:16:3E:AA:BB:CC and 00-16-3e-aa-bb-cd", "<mac-1> and <mac-2>" },
		{ "from 192.168.17.4 to 10.0.0.1:6000", "from <ip-1> to <ip-2>:6000" },
		{ "fe80::216:3eff:feaa:bbcc/64", "<ip-3>/64" },
		{ "at 2001:db8:0:0:1:2:3:4.", "at <ip-4>." },
		{ "(root@build7.example.com) gcc", "(<mail-1>) gcc" },
		{ "password=hunter2 quiet", "password=<secret-1> quiet" },
		{ "rd.iscsi.password=hunter2", "rd.iscsi.password=<secret-1>" },
		{ "ip=10.1.1.1::10.1.1.254:255.255.255.0:nodename:eth0:none x",
		  "ip=<secret-2> x" },
		{ "token: abc def", "token: <secret-3> def" },
		{ "API_KEY=\"a b\" c", "API_KEY=\"<secret-4>\" c" },
		{ "image /home/customer/dumps/vmcore is", "image <path-1> is" },
		{ "image /home/customer/dumps/vmcore: bad", "image <path-1>: bad" },
		/* other spellings of the same kinds */
		{ "vg_23d41c2e-eb61-11f1-9729-23f59c2bc0b7 tap_00:16:3e:aa:bb:cc", "vg_<uuid-1> tap_<mac-1>" },
		{ "BOOTIF=01-00-16-3e-aa-bb-ce", "BOOTIF=<mac-3>" },
		{ "80:00:02:08:fe:80:00:00:00:00:00:00:00:02:c9:03:00:31:78:f2.", "<mac-4>." },
		{ "::ffff:10.0.0.1, 64:ff9b::192.168.17.4 1:2:3:4:5:6:10.0.0.1", "<ip-5>, <ip-6> <ip-7>" },
		{ "pwd=hunter2 psk='a b' c", "pwd=<secret-1> psk='<secret-4>' c" },
		{ "from nfs://nas.example/exports/web, file:///home/customer/x", "from <path-2>, <path-3>" },
	};
	struct redactor *r;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		check(r, cases[i][0], cases[i][1]);
	assert_int_equal(redactor_count(r, REDACT_UUID), 2);
	assert_int_equal(redactor_count(r, REDACT_SECRET), 4);
	redactor_destroy(r);
}

/* None of the texts is changed, and nothing is counted. */
static void check_stay(const char *const *texts, size_t nr)
{
	struct redactor *r;
	size_t i;

	assert_ok(redactor_create(&r));
	for (i = 0; i < nr; i++)
		check(r, texts[i], texts[i]);
	for (i = 0; i < NR_REDACT; i++)
		assert_int_equal(redactor_count(r, i), 0);
	redactor_destroy(r);
}

/* Texts of a hypervisor that resemble replaced texts */
static void test_stays(void **state)
{
	static const char *const texts[] = {
		"", "a", ".", "=", "0000:00:03.0", "2026-11-28 19:31:08 UTC", "4.20.5-pre",
		"build-id 576c0736b3e38388c5afe9aaccc43a18d514e88e",
		"ffff830027d77cc0 ffff82d0402301b2", "common/kexec.c#do_crashdump_trigger+0x1e",
		"pcpu 0, d0v1, 1:2:3", "console: \"'C' pressed\"", "com1=115200,8n1 console=com1",
		"dom0_mem=256M,max:256M crashkernel=96M", "1.2.3", "1.2.3.4.5", "256.1.1.1",
		"std::string x::y", "::", "@", "a@", "@b", "key 'C'", "keyhandler.c",
		"arch/x86/irq.c:512", "/proc/xen/capabilities", "and/or", "/", "//", "/a",
		"monkey=1", "00:16:3e:aa:bb", "00:16:3e:aa:bb:cc:d",
		"CONFIG_HAS_PASSTHROUGH=y", "iommu=dom0-passthrough=1", "://x", "free_domain",
	};

	(void)state;
	check_stay(texts, ARRAY_SIZE(texts));
}

/* Planted texts of each kind: the replaced one, and how it is replaced */
static void test_kinds(void **state)
{
	static const char *const cases[][2] = {
		/* serial numbers and names of disks */
		{ "Serial Number: CZJ1234ABC, sn=CZJ1234ABC", "Serial Number: <serial-1>, sn=<serial-1>" },
		{ "serial=CZJ1234ABC S/N: CZJ1234ABD", "serial=<serial-1> S/N: <serial-2>" },
		{ "Service Tag: 7XK2Q03 Asset Tag: AT-100299", "Service Tag: <serial-3> Asset Tag: <serial-4>" },
		{ "disk scsi-36001405a1b2c3d4e5f60718293a4b5c6 (wwn-0x5000c500a1b2c3d4)", "disk <serial-5> (<serial-6>)" },
		{ "nvme-Samsung_SSD_980_S64DNF0R123456, ata-WDC_WD40-68W_WD-WCC4E1234567", "<serial-7>, <serial-8>" },
		{ "wwn 0x5000c500a1b2c3d5 naa.5000c500a1b2c3d4", "wwn <serial-9> <serial-10>" },
		{ "lun iqn.2003-01.org.acme.san:target7.", "lun <serial-11>." },
		{ "InitiatorName=iqn.2003-01.org.acme.san:target7 x", "InitiatorName=<serial-11> x" },
		{ "nqn.2014-08.org.nvmexpress:uuid:x1", "<serial-12>" },
		/* secrets */
		{ "mysql --password hunter2 -p hunter3 -n x", "mysql --password <secret-1> -p <secret-2> -n x" },
		{ "--db-password hunter2 -token hunter2", "--db-password <secret-1> -token <secret-1>" },
		{ "password: hunter2, token=hunter2)", "password: <secret-1>, token=<secret-1>)" },
		{ "{\"password\":\"hunter2\", 'token': 'a b'}", "{\"password\":\"<secret-1>\", 'token': '<secret-3>'}" },
		{ "passwd = hunter2 token:hunter2", "passwd = <secret-1> token:<secret-1>" },
		{ "password=<hunter2>", "password=<secret-4>" },
		{ "-H 'Authorization: Basic dXNlcjpw c2Vj' x", "-H 'Authorization: <secret-5>' x" },
		{ "Authorization: Bearer abc def\nnext", "Authorization: <secret-6>\nnext" },
		{ "Bearer dGhpc2lzMTIz ok", "Bearer <secret-7> ok" },
		{ "AKIAIOSFODNN7EXAMPLE ghp_0123456789abcdefghijABCDEFGHIJ012345",
		  "<secret-8> <secret-9>" },
		{ "jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abcdefg_-1.", "jwt <secret-10>." },
		/* hosts */
		{ "mount filer:/vol on filer:/vol/web2", "mount <host-1>:<path-1> on <host-1>:<path-2>" },
		{ "from 10.0.0.1:/export [fe80::1]:/export", "from <ip-1>:<path-3> [<ip-2>]:<path-3>" },
		{ "mount //filer/share on \\\\filer\\share$", "mount <path-4> on <path-5>" },
		{ "search corp.acme lab.acme", "search <host-2>" },
		{ "search example.com", "search <host-3>" },
		{ "at web1.prod.example.com. (example.com) nas.acme.co.uk", "at <host-4>. (<host-3>) <host-5>" },
		{ "hostname=web1 --hostname web1 host: web1", "hostname=<host-6> --hostname <host-6> host: <host-6>" },
		{ "dc=corp,dc=acme cn=admin,ou=it", "dc=<host-7> cn=<host-8>" },
		/* mail addresses */
		{ "root@web1, alice:pw@db.local mailto:root@web1", "<mail-1>, <mail-2> mailto:<mail-1>" },
		{ "m\xc3\xbcller@web1", "<mail-3>" },
		/* a value is replaced as it is elsewhere */
		{ "ip=10.0.0.1 nameserver 10.0.0.1 root=/dev/vg0/acme /dev/vg0/acme",
		  "ip=<ip-1> nameserver <ip-1> root=<path-6> <path-6>" },
		{ "hostname=billing billing.corp.acme.com billing", "hostname=<name-1> <host-9> <name-1>" },
		{ "billing@web1 and billing", "<mail-4> and <name-1>" },
	};
	struct redactor *r;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	assert_true(redactor_learn(r, "billing"));
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		check(r, cases[i][0], cases[i][1]);
		check(r, cases[i][1], cases[i][1]);
	}
	redactor_destroy(r);
}

/* Each entry of the tables: the marker in the text is not in what remains. */
static void test_each(void **state)
{
	static const char *const values[] = {
		"mysecret=%s", "credential: %s", "apikey=%s", "chap=%s", "loginname=%s", "x-key=%s", "x-keyring=%s", "x.keyring=%s",
		"x.key=%s", "rd.iscsi.x=%s", "initiatorx=%s", "nameserver %s", "key=%s", "user=%s",
		"username=%s", "root=%s", "nfsroot=%s", "netconsole=%s", "resume=%s", "vlan=%s",
		"bond=%s", "bridge=%s", "server=%s", "fqdn=%s", "realm=%s", "workgroup=%s", "ou=%s",
		"domain %s.acme", "search %s.acme", "serial no %s", "asset_tag=%s", "wwid %s", "wwpn %s",
		"wwnn %s", "usb-Kingston_%s", "virtio-%s", "mmc-%s-1234", "google-%s-1234",
		"t10.ATA_%s-1234", "dm-uuid-LVM-%s-123456", "md-uuid-%s:123456", "lvm-pv-uuid-%s-123456",
		"gho_%s01234567890123456789", "ghu_%s01234567890123456789",
		"ghs_%s01234567890123456789", "ghr_%s01234567890123456789",
		"github_pat_%s_01234567890", "glpat-%s-01234567", "xoxb-%s-01234567", "xoxp-%s-01234567",
		"sk_live_%s01234567", "sk-%s-0123456789abcdef0123456789", "AIza%s-01234567890123456789",
		"ya29.%s-01234567890", "hvs.%s-01234567890",
	};
	static const char *const names[] = {
		"org", "net", "edu", "gov", "local", "localdomain", "lan", "internal", "intranet", "corp",
		"example", "x.info", "x.test", "x.home", "x.cloud", "x.dev", "x.io", "x.app", "x.de",
		"x.fr", "x.nl", "x.at", "x.ch", "x.it", "x.es", "x.pt", "x.se", "x.no", "x.fi", "x.dk",
		"x.be", "x.pl", "x.cz", "x.eu", "x.us", "x.ca", "x.au", "x.nz", "x.jp", "x.cn", "x.kr",
		"x.in", "x.sg", "x.ru", "x.ua", "x.br", "x.mx", "x.za", "x.ie",
	};
	struct redactor *r;
	char text[100];
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(values) + ARRAY_SIZE(names); i++) {
		char *got;

		if (i < ARRAY_SIZE(values))
			snprintf(text, sizeof(text), values[i], "m4rk3r0007");
		else
			snprintf(text, sizeof(text), "m4rk3r0007.%s", names[i - ARRAY_SIZE(values)]);
		got = redactor_text(r, text);
		assert_non_null(got);
		if (strstr(got, "m4rk3r") || !strchr(got, '<'))
			fail_msg("%s: %s", text, got);
		free(got);
	}
	check(r, "eui.0123456789abcdef ASIAIOSFODNN7EXAMPLE", "<serial-10> <secret-15>");
	redactor_destroy(r);
}

/* Texts that resemble those of test_kinds */
static void test_kinds_stay(void **state)
{
	static const char *const texts[] = {
		"mm.c:123", "arch/x86/mm.c:1234: error", "common/sched/credit2.c:3599", "secret.c:12",
		"common/sched/core.c#schedule+0x7c", "panic.cold+0x25", "x86_64/entry.S#handle_exception_saved",
		"Xen version 4.20.5-pre", "6.12.57+deb13-amd64", "5.14.0-570.el9.x86_64", "4.19.0+1",
		"0000:00:1f.2", "0000:00:1f.2: error", "pci 0000:00:1f.2-ata-1", "d1v0", "d1v0: waits",
		"0xffff82d040257a90", "ffff82d040257a90", "domain.arch.hvm.is_s3_suspended",
		"domain 1 died", "domain d1v0", "domain crash called from mm.c:12", "search failed.",
		"search credit2.c", "in domain list.h", "bypass: 5", "passing: 300", "passive=3", "compass: 12", "passed: 300", "passes=3",
		"N checks passed", "*** Serial input to DOM0", "serial_tx_interrupt+0x9e", "serial: com1",
		"xen trace -p 0", "bt -p 0-3", "-p", "-p -q", "x-p y", "key: C", "--key", "token ring",
		"Bearer of news", "missing authorization", "std::pass::x", "pass == 3", "do_pass+0x1: x",
		"scsi-host", "usb-storage", "ata-piix", "virtio-pci", "usb-0000:00:14.0-1/input0",
		"nvme-tcp", "sk-buff", "eyJ", "AKIA", "ghp_x", "vif1.0", "xvda", "hvm.info", "x.net_y",
		"u.inuse.type_info", "xen.so", "doc.io", "sd.in", "foo.no", "lib.de", "a.b_c.com", ".com",
		"com", "x:/", "c:/x", "xen:/boot/xen-4.20.gz", "a//b/c", "// comment/x", "//x", "\\\\x",
		"user@", "port 5 @ 3", "dc", "cn0=", "ou", "hostname", "server: up", "realm: x",
		"find / -print", "x -u", "a -u 3", "version 4.20-unstable", "mkdir -pv x", "3600140", "1234.5678",
		"ffff82d0402301b2 ffff830000000000 0xffff82d040200000", "0123456789abcdef0123456789abcdef01234567",
		"sched_credit2.c:csched2_schedule", "CONFIG_XEN_GUEST_LONG_NAME_WITHOUT_END_4711=y",
		"x86_64/compat/entry.S#compat_test_all_events+0x12/0x40", "__x86_indirect_thunk_rax+0x0/0x20",
		"com1=115200,8n1,0x3f8,4", "dom0=pvh,verbose sched=credit2 iommu=verbose ucode=scan spec-ctrl=no-xen",
		"(XEN) Xen call trace: [<ffff82d040257a90>] R do_domctl+0x1f0/0x1560", "RIP: e008:[<ffff82d04020e1ad>]",
		"kexec_crash do_invalid_op guest_iommu /proc/iomem", "key handler : x", "user mode : 3",
		"Intel(R) Xeon(R) CPU E5-2680 v4", "Dell Inc. PowerEdge R740/0923K0, BIOS 2.19.1 12/20/2023",
		"ip 4", "iqn.", "naa.5", "wwn-0x12", "S/N", "sn=1", "serial number of pages",
		"00000000:ffffffff -> 00000016:756e6547:6c65746e:49656e69",
	};

	(void)state;
	check_stay(texts, ARRAY_SIZE(texts));
}

/* A support report's texts: none of the hidden words remains, each of the kept ones does. */
static const struct planted {
	const char *text;
	const char *hidden, *kept;	/* separated by blanks */
} planted[] = {
	/* command lines of programs */
	{ "mysql -pHunter -uCarol -h dbhost1 crm", "Hunter Carol dbhost1", "mysql crm" },
	{ "/usr/bin/mysqldump -u carol -p'hun ter' x", "carol hun ter'", "-u -p" },
	{ "sshpass -p Hunter ssh -l carol 10.1.1.1", "Hunter carol 10.1.1.1", "sshpass ssh" },
	{ "sshpass -p12345 ssh -i x", "12345", "sshpass -i" },
	{ "curl -u carol:hunter -X POST -uA:b https://shop.acme/x", "carol hunter A:b shop", "POST" },
	{ "ipmitool -I lanplus -H bmc7 -U ADMIN -P hunter sel", "bmc7 ADMIN hunter", "lanplus sel" },
	{ "smbclient -U carol%hunter -L; ls -la", "carol hunter", "-L; ls -la" },
	{ "redis-cli -a hunter ping | ldapsearch -x -w hunter -D cn=carol", "hunter carol", "ping -x" },
	{ "daemon -u carol -n 4", "carol", "daemon -n 4" },
	{ "sqlplus scott/tiger@orcl", "scott tiger orcl", "sqlplus" },
	{ "qemu -name guest=acme7 -vnc :1,password=hunter -drive file=rbd:pool/img:id=acme", "acme7 hunter img acme", "qemu -vnc -drive" },
	/* command lines of dom0 and of Xen */
	{ "rd.lvm.lv=vg_acme/root rd.luks.uuid=luks-23d41c2e-eb61-11f1-9729-23f59c2bc0b7 quiet", "acme 23d41c2e", "quiet rd.lvm.lv=" },
	{ "rd.luks.name=x=cryptacme cryptdevice=PARTLABEL=acme:root zfs=rpool/acme ro", "acme", "ro" },
	{ "fs.uuid=AB12-CD34 PARTUUID=1234abcd-01 UUID=1234-ABCD ro", "AB12 1234abcd 1234-ABCD", "ro" },
	{ "netroot=iscsi:carol:hunter@filer::3260::iqn.x inst.rootpw=hunter pin=4711 ro", "carol hunter filer 4711", "ro" },
	{ "ip=10.1.1.1::10.1.1.254:255.255.255.0:acmehost:eth0:none dom0_mem=4G", "acmehost 10.1.1.1", "dom0_mem=4G" },
	{ "rd.md.uuid=a1b2c3d4:e5f6a7b8:c9d0e1f2:a3b4c5d6 crashkernel=256M", "a1b2c3d4 e5f6a7b8", "crashkernel=256M" },
	{ "http_proxy=acmeproxy:3128 ntp=acmeclock loglvl=all", "acmeproxy acmeclock", "loglvl=all" },
	/* disks and storage networks */
	{ "pv Zzx8aJ-mD2o-4kQp-8sWe-1xVb-9qRt-aBcDeF on dm-3", "Zzx8aJ aBcDeF", "dm-3" },
	{ "mpatha (36001405a1b2c3d4e5f60718293a4b5c6) 35000c500a1b2c3d4 dm-0", "36001405a1 35000c500", "mpatha dm-0" },
	{ "pci-0000:03:00.0-fc-0x5001438012345678-lun-1", "5001438012345678", "0000:03:00.0 lun-1" },
	{ "ip-10.0.0.1:3260-iscsi-iqn.2003-01.org.acme.san:t7-lun-1", "10.0.0.1 acme", "3260" },
	{ "pass-10.0.0.1: hunter, iscsi-web1.acme.com:3260", "10.0.0.1 hunter web1", "pass" },
	{ "port_name 0x5001438012345678 50:01:43:80:12:34:56:78 up", "5001438012345678 50:01:43", "up" },
	{ "nbd:acmenas:10809 gluster:acmenas/vol ok", "acmenas", "ok" },
	/* numbers of machines */
	{ "Product Serial        : CZJ1234ABC, Serial Number : 7XK2Q03", "CZJ1234ABC 7XK2Q03", "Product Serial" },
	{ "Device Serial Number 00-1b-21-ff-ff-aa-bb-cc", "1b-21", "Device" },
	{ "switch 0016.3eaa.bbcc mac=00163eaabbcc port 3", "3eaa 00163eaabbcc", "switch port 3" },
	{ "sid S-1-5-21-1111111111-222222222-333-500", "1111111111", "sid" },
	{ "fe80::216:3eff:feaa:bbcc%eth0 is up", "3eff", "eth0 is up" },
	/* keys */
	{ "key 123456-234567-345678-456789-567890-678901-789012-890123", "234567 890123", "key" },
	{ "licence VK7JG-NPHTM-C97JM-9MPGT-3V66T", "NPHTM", "licence" },
	{ "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7vbqajDhA ok", "AAAAB3", "ssh-rsa ok" },
	{ "client.admin AQBSdFhcAAAAABAAq0gK8bL5d3yXzQ1w9m7Zpw==", "AQBSd pw==", "client.admin" },
	{ "Set-Cookie: sid=a; b=c", "sid=a b=c", "Set-Cookie" },
	{ "host/web1@CORP.ACME carol/admin@CORP.ACME", "web1 CORP carol", "" },
	/* users */
	{ "gcc -I/home/carol/xen ../home/carol C:\\Users\\carol", "carol", "gcc -I" },
	{ "cc -L/Users/carol/lib </home/carol/x>", "carol", "cc -L" },
	{ "SUDO_USER=carol LOGNAME=carol TERM=xterm", "carol", "TERM=xterm" },
};

static void test_planted(void **state)
{
	struct redactor *r;
	char words[200], *got, *word, *left;
	unsigned int i, hidden;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(planted); i++) {
		got = redactor_text(r, planted[i].text);
		assert_non_null(got);
		for (hidden = 0; hidden < 2; hidden++) {
			snprintf(words, sizeof(words), "%s", hidden ? planted[i].hidden : planted[i].kept);
			for (word = strtok_r(words, " ", &left); word; word = strtok_r(NULL, " ", &left))
				if ((strstr(got, word) != NULL) == hidden)
					fail_msg("%s: %s: %s", planted[i].text, word, got);
		}
		check(r, got, got);
		free(got);
	}
	redactor_destroy(r);
}

/* A host or a user that a text gives away is replaced where it stands alone. */
static void test_learned(void **state)
{
	static const char *const sources[] = {
		"at acmeweb1.corp.example.com.", "systemd.hostname=acmeweb2 quiet",
		"Linux acmeweb3 6.12.57+deb13-amd64 #1 SMP", "(dave@acmeweb4) (gcc (Debian 14.2) 14.2)",
		"systemd[1]: Hostname set to <acmeweb5>.", "ip=10.1.1.1::10.1.1.254:255.255.255.0:acmeweb6:eth0:none",
		"cc /home/erin/xen.c", "in /Users/frank", "realm=ACMECORP x",
		"nfs://gina@acmeweb7/x",
	};
	static const char *const stay[] = {
		"Linux version 6.12.57+deb13-amd64 (debian-kernel@lists.debian.org)",
		"Xen version 4.20.2 (Debian 4.20.2-1) (pkg-xen-devel@lists.alioth.debian.org)",
		"(root@buildd) www.example.com credit.example.com hostname=localhost hostname=12345",
		"/home/root x@ab", "bootorder for: /pci@i0cf8/*@3/drive@0/disk@0",
		"x.nested_host=enabled y.use_proxy=disabled",
	};
	static const char *const names[] = {
		"acmeweb1", "acmeweb2", "acmeweb3", "acmeweb4", "acmeweb5", "acmeweb6", "dave", "erin",
		"frank", "ACMECORP", "gina", "acmeweb7",
	};
	static const char kept[] = "version lists debian pkg-xen-devel root buildd www credit localhost 12345 Linux Xen example pci enabled disabled";
	struct redactor *r;
	char text[100], *got;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(sources); i++)
		assert_true(redactor_learn_text(r, sources[i]));
	for (i = 0; i < ARRAY_SIZE(stay); i++)
		assert_true(redactor_learn_text(r, stay[i]));
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		snprintf(text, sizeof(text), "on %s: x", names[i]);
		got = redactor_text(r, text);
		assert_non_null(got);
		if (strstr(got, names[i]) || strncmp(got, "on <", 4))
			fail_msg("%s: %s", text, got);
		free(got);
	}
	check(r, kept, kept);
	redactor_destroy(r);
}

static void test_names(void **state)
{
	struct redactor *r;
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	assert_true(redactor_learn(r, "web"));
	assert_true(redactor_learn(r, "web-shop 2"));
	assert_true(redactor_learn(r, "web"));
	assert_true(redactor_learn(r, "x"));
	assert_true(redactor_learn(r, ""));
	check(r, "web, web-shop 2, (web) webs cobweb web_1 x", "<name-1>, <name-2>, (<name-1>) webs cobweb web_1 x");
	/* many names with the same first letter, added while the array moves */
	for (i = 0; i < 500; i++) {
		char name[16];

		snprintf(name, sizeof(name), "vm%u", i);
		assert_true(redactor_learn(r, name));
	}
	check(r, "vm499 vm49 vm4999", "<name-3> <name-4> vm4999");
	redactor_destroy(r);
}

/* Arbitrary bytes are kept; replacements are not replaced again. */
static void test_hostile(void **state)
{
	struct redactor *r;
	char *once, text[600];
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i + 1 < sizeof(text); i++)
		text[i] = 1 + i % 255;
	text[sizeof(text) - 1] = '\0';
	assert_true(redactor_learn(r, "\xff\xfe<script>"));
	once = redactor_text(r, text);
	assert_non_null(once);
	free(once);
	check(r, "a \xff\xfe<script> b", "a <name-1> b");
	once = redactor_text(r, "password=a 10.0.0.1 /root/x/y u@h");
	check(r, once, once);
	free(once);
	redactor_destroy(r);
	redactor_destroy(NULL);
}

/* A name of many words is read once, not again from each word on. */
static void test_long_name(void **state)
{
	static char text[40000];
	struct redact_index index;
	struct redact_name name = { .index = &index };
	struct redactor *r;
	enum redact_kind kind;
	size_t skip, i;

	(void)state;
	redact_index_init(&index);
	for (i = 0; i + 4 < sizeof(text); i += 2)
		memcpy(text + i, "a.", 2);
	memcpy(text + i, "b=c", 3);
	for (i = 0; text[i]; i++)
		assert_int_equal(redact_value(text, text + i, &name, &skip, &kind), 0);
	assert_true(name.read < sizeof(text));
	/* the label in a name is tried at the first position only: each try reads the blanks behind the name */
	strcpy(text, "a.b.pass    ");
	name = (struct redact_name){ .index = &index };
	assert_int_equal(redact_value(text, text, &name, &skip, &kind), 0);
	assert_null(name.part);
	strcpy(text, "pass.x=1 y.z=hunter2");
	name = (struct redact_name){ .index = &index };
	for (i = 0; text[i] && strncmp(text + i, "y.z", 3); i++)
		redact_value(text, text + i, &name, &skip, &kind);
	assert_int_equal(redact_value(text, text + i, &name, &skip, &kind), 0);
	for (i = 0; i + 4 < sizeof(text); i += 2)
		memcpy(text + i, "a.", 2);
	text[i] = '\0';
	/* its first word makes the value a secret */
	memcpy(text, "pass", 4);
	assert_ok(redactor_create(&r));
	memcpy(text + 40, "=hunter2", 9);
	check(r, text, "pass" "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.=<secret-1>");
	check(r, "x.root=/dev/sda1 password=<secret-1> y=\"", "x.root=<path-1> password=<secret-1> y=\"");
	check(r, "/proc/:/proc/:/proc/1/maps", "/proc/:/proc/:/proc/1/maps");
	redactor_destroy(r);
}

/*
 * The longest name that ends with its word is found, also among names that start
 * with others. 30,000 words are looked up in 30,000 names: with a comparison for
 * each pair the test takes a hundred times as long.
 */
static void test_many_names(void **state)
{
	static const char *const nested[] = { "web", "web-1", "web-1-old", "we", "web-12", "web" };
	struct redactor *r;
	char name[32];
	unsigned int i;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(nested); i++)
		assert_true(redactor_learn(r, nested[i]));
	check(r, "web-1-old web-1-older web-1 web-12 web-123 web weber we",
	      "<name-1> <name-2>-older <name-2> <name-3> <name-4>-123 <name-4> weber <name-5>");
	for (i = 0; i < 30000; i++) {
		snprintf(name, sizeof(name), "guest-%u", i);
		assert_true(redactor_learn(r, name));
	}
	check(r, "guest-7 guest-70 guest-29999 guest-30000 guest", "<name-6> <name-7> <name-8> guest-30000 guest");
	for (i = 0; i < 30000; i++) {
		snprintf(name, sizeof(name), "guest-%u", i + 100000);
		check(r, name, name);
	}
	redactor_destroy(r);
}

/* Linear time is some 50 ms; quadratic is many seconds. */
static void check_time(struct redactor *r, const char *text)
{
	clock_t start = clock();

	free(redactor_text(r, text));
	assert_true(redactor_learn_text(r, text));
	if (clock() - start > 2 * CLOCKS_PER_SEC)
		fail_msg("%.20s...: %ld ms", text, (long)((clock() - start) * 1000 / CLOCKS_PER_SEC));
}

#ifndef __has_feature	/* of clang */
#define __has_feature(name) 0
#endif

/* Repeated prefixes of every kind are read once, not again at each of them. */
static void test_linear(void **state)
{
	static const char *const prefixes[] = {
		"a.", "a-", "--", "a:", "aa:", "a@", "sn=", "serial.", "x.pass ", "-p ", "ata-", "iqn.",
		"/home/", "a/", "a+", "hostname=", "ip=", "curl -u ", "curl ", "-u", " -u", "-iqn.", "Linux ",
		"//a", "/a:", "search a.", "domain=", "wwn  ", "<secret-",
	};
	/* AddressSanitizer checks the rest of the text at each call of the C library, which is quadratic by itself */
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
	enum { HALF = 2000 };
#else
	enum { HALF = 200000 };
#endif
	static char text[2 * HALF + 16];
	struct redactor *r;
	size_t i, len;

	(void)state;
	assert_ok(redactor_create(&r));
	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		for (len = 0; len < HALF; len += strlen(prefixes[i]))
			strcpy(text + len, prefixes[i]);
		check_time(r, text);
	}
	/* a label in a long name, and no value behind many blanks */
	for (len = 0; len < HALF; len += 2)
		strcpy(text + len, "a.");
	strcpy(text + len, "pass");
	memset(text + len + 4, ' ', HALF);
	check_time(r, text);
	redactor_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patterns), cmocka_unit_test(test_stays),
		cmocka_unit_test(test_kinds), cmocka_unit_test(test_each),
		cmocka_unit_test(test_kinds_stay), cmocka_unit_test(test_planted), cmocka_unit_test(test_learned),
		cmocka_unit_test(test_names), cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_long_name), cmocka_unit_test(test_many_names),
		cmocka_unit_test(test_linear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
