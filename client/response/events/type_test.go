package events_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/response/events"
)

func TestTypes(t *testing.T) {
	got := map[string]string{}
	for _, typ := range events.Types() {
		var names []string
		for _, a := range typ.Attributes {
			names = append(names, a.Name)
			if a.Doc == "" || a.Returns == "" {
				t.Errorf("%s.%s lacks its documentation", typ.Name, a.Name)
			}
			if v := a.Get(nil); v != nil {
				t.Errorf("%s.%s of nothing = %v", typ.Name, a.Name, v)
			}
		}
		for _, name := range typ.Printed {
			if !slices.Contains(names, name) {
				t.Errorf("%s prints %s, which it does not have", typ.Name, name)
			}
		}
		got[typ.Title] = fmt.Sprintf("%s(%s)", typ.Name, strings.Join(names[3:], " "))
		if diff := cmp.Diff([]string{"timestamp", "sequence", "tamper_event"}, names[:3]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", typ.Name, diff)
		}
	}
	want := map[string]string{
		"Cb Module Load event":           "CbModLoadEvent(md5 path)",
		"Cb File Modification event":     "CbFileModEvent(type path md5 filetype tamper_flag)",
		"Cb Registry Modification event": "CbRegModEvent(type path tamper_flag)",
		"Cb Network Connection event":    "CbNetConnEvent(remote_ip remote_port proto domain direction local_ip local_port proxy_ip proxy_port)",
		"Cb Child Process event":         "CbChildProcEvent(procguid md5 path pid terminated tamper_flag is_suppressed proc_data)",
		"Cb Cross Process event": "CbCrossProcEvent(type privileges privilege_code tamper_flag is_target target_procguid target_md5 " +
			"target_path source_procguid source_md5 source_path)",
		"Cb Process Block event": "CbProcessBlockEvent(type event result error md5 path cmdline uid username)",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAttributes reads every attribute of one event of each type.
func TestAttributes(t *testing.T) {
	head := events.Header{Timestamp: seven, Sequence: 4, Tamper: true}
	common := func(own map[string]any) map[string]any {
		own["timestamp"], own["sequence"], own["tamper_event"] = seven, int64(4), true
		return own
	}
	tests := []struct {
		in   events.Event
		want map[string]any
	}{
		{&events.Modload{Header: head, MD5: "m", Path: "p"}, map[string]any{"md5": "m", "path": "p"}},
		{&events.Filemod{Header: head, Operation: 8, Path: "p", MD5: "m", FileType: 48},
			map[string]any{"type": "LastWrote", "path": "p", "md5": "m", "filetype": "PDF", "tamper_flag": true}},
		{&events.Filemod{Header: head, Operation: 5, FileType: 5},
			map[string]any{"type": nil, "path": "", "md5": "", "filetype": "Unknown", "tamper_flag": true}},
		{&events.Regmod{Header: head, Operation: 2, Path: "p"}, map[string]any{"type": "FirstWrote", "path": "p", "tamper_flag": true}},
		{&events.Regmod{Header: head, Path: "p"}, map[string]any{"type": nil, "path": "p", "tamper_flag": true}},
		{&events.Netconn{Header: head, RemoteIP: "1.2.3.4", RemotePort: 80, Protocol: 6, Domain: "d"},
			map[string]any{"remote_ip": "1.2.3.4", "remote_port": int64(80), "proto": "IPPROTO_TCP", "domain": "d", "direction": "Outbound"}},
		{&events.Netconn{Header: head, RemoteIP: "1.2.3.4", Protocol: 7, Direction: events.Inbound, LocalIP: "l", LocalPort: 1, ProxyIP: "x", ProxyPort: 2, Both: true},
			map[string]any{"remote_ip": "1.2.3.4", "remote_port": int64(0), "proto": "Unknown", "domain": "", "direction": "Inbound",
				"local_ip": "l", "local_port": int64(1), "proxy_ip": "x", "proxy_port": int64(2)}},
		{&events.Childproc{Header: head, GUID: "g", MD5: "m", Path: "p", PID: "7", Terminated: true}, map[string]any{"procguid": "g", "md5": "m", "path": "p",
			"pid": "7", "terminated": true, "tamper_flag": true, "is_suppressed": false, "proc_data": map[string]any{}}},
		{&events.Childproc{Header: head, PID: int64(7), Suppressed: true, CommandLine: "c", UserName: "u"}, map[string]any{"procguid": "", "md5": "", "path": "",
			"pid": int64(7), "terminated": false, "tamper_flag": true, "is_suppressed": true, "proc_data": map[string]any{"cmdline": "c", "username": "u"}}},
		{&events.Crossproc{Header: head, Operation: "ThreadOpen", Access: 3, IsTarget: true, Target: events.ProcessRef{GUID: "tg", MD5: "tm", Path: "tp"},
			Source: events.ProcessRef{GUID: "sg", MD5: "sm", Path: "sp"}},
			map[string]any{"type": "ThreadOpen", "privileges": "PROCESS_TERMINATE | PROCESS_CREATE_THREAD", "privilege_code": int64(3), "tamper_flag": true,
				"is_target": true, "target_procguid": "tg", "target_md5": "tm", "target_path": "tp", "source_procguid": "sg", "source_md5": "sm", "source_path": "sp"}},
		{&events.Processblock{Header: head, BlockType: "t", BlockEvent: "e", BlockResult: "r", BlockError: int64(5), MD5: "m", Path: "p", CommandLine: "c", UID: "i", UserName: "u"},
			map[string]any{"type": "t", "event": "e", "result": "r", "error": int64(5), "md5": "m", "path": "p", "cmdline": "c", "uid": "i", "username": "u"}},
	}
	for _, test := range tests {
		got := map[string]any{}
		for _, a := range test.in.Type().Attributes {
			got[a.Name] = a.Get(test.in)
		}
		if diff := cmp.Diff(common(test.want), got); diff != "" {
			t.Errorf("%T (-want +got):\n%s", test.in, diff)
		}
	}
	md5, ok := events.Types()[0].Attribute("md5")
	if v := md5.Get(&events.Regmod{}); !ok || v != nil {
		t.Errorf("md5 of a module load, read from another event: %v, %v", v, ok)
	}
	if a, ok := events.Types()[0].Attribute("nothing"); ok {
		t.Errorf("there is an attribute %v", a)
	}
}

func TestText(t *testing.T) {
	tests := []struct {
		in   events.Event
		want string
	}{
		{&events.Filemod{Header: events.Header{Timestamp: seven}, Path: `c:\a`}, `Cb File Modification event:
timestamp            : 2013-09-16 07:11:58
type                 : None
path                 : c:\a
filetype             : Unknown
md5                  : `},
		{&events.Netconn{Header: events.Header{Timestamp: at(7, 11, 58, 120000)}, RemoteIP: "1.2.3.4", RemotePort: 443, Protocol: 6}, `Cb Network Connection event:
timestamp            : 2013-09-16 07:11:58.120000
domain               : 
remote_ip            : 1.2.3.4
remote_port          : 443
proto                : IPPROTO_TCP
direction            : Outbound`},
		{&events.Netconn{Header: events.Header{Timestamp: seven}, RemoteIP: "1.2.3.4", Domain: "d", Direction: events.Inbound,
			LocalIP: "10.0.0.1", LocalPort: 445, ProxyIP: "0.0.0.0", Both: true}, `Cb Network Connection event:
timestamp            : 2013-09-16 07:11:58
domain               : d
remote_ip            : 1.2.3.4
remote_port          : 0
proto                : IPPROTO_IP
direction            : Inbound
local_ip             : 10.0.0.1
local_port           : 445
proxy_ip             : 0.0.0.0
proxy_port           : 0`},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, events.Text(test.in)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// TestWords compares the words of each enumeration with those of the contract.
func TestWords(t *testing.T) {
	words := func(word func(int) string, unknown string) string {
		var found []string
		for n := -1; n <= 300; n++ {
			if w := word(n); w != unknown {
				found = append(found, fmt.Sprintf("%d %s", n, w))
			}
		}
		return strings.Join(found, ", ")
	}
	got := []string{
		words(func(n int) string { return events.FileOperation(n).String() }, ""),
		words(func(n int) string { return events.FileType(n).String() }, "Unknown"),
		words(func(n int) string { return events.RegOperation(n).String() }, ""),
		words(func(n int) string { return events.Direction(n).String() }, "Outbound"),
	}
	want := []string{
		"1 CreatedFile, 2 FirstWrote, 4 Deleted, 8 LastWrote",
		"1 PE, 2 ELF, 3 MachO, 8 EICAR, 16 DOC, 17 DOCX, 48 PDF, 64 ZIP, 65 LZH, 66 LZW, 67 RAR, 68 TAR, 69 7Z",
		"1 CreatedKey, 2 FirstWrote, 4 DeletedKey, 8 DeletedValue",
		"1 Inbound",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for n, want := range map[events.Protocol]string{0: "IPPROTO_IP", 1: "IPPROTO_ICMP", 6: "IPPROTO_TCP", 17: "IPPROTO_UDP", 58: "IPPROTO_ICMPV6", 255: "IPPROTO_RAW", 254: "Unknown"} {
		if got := n.String(); got != want {
			t.Errorf("protocol %d is %s, want %s", int(n), got, want)
		}
	}
}

func TestAccess(t *testing.T) {
	for access, want := range map[events.Access]string{
		0x1FFFFF: "PROCESS_ALL_ACCESS", 0x1F0000: "STANDARD_RIGHTS_ALL", 0xF0000: "STANDARD_RIGHTS_REQUIRED", 0x20000: "STANDARD_RIGHTS_READ",
		0: "", 0x8000: "", 0x0800: "PROCESS_SUPEND_RESUME",
		0x1410:   "PROCESS_VM_READ | PROCESS_QUERY_INFORMATION | PROCESS_QUERY_LIMITED_INFORMATION",
		0x100001: "SYNCHRONIZE | PROCESS_TERMINATE",
		0x1FFFFE: "SYNCHRONIZE | WRITE_OWNER | WRITE_DAC | READ_CONTROL | DELETE | PROCESS_CREATE_THREAD | PROCESS_SET_SESSIONID | " +
			"PROCESS_VM_OPERATION | PROCESS_VM_READ | PROCESS_VM_WRITE | PROCESS_DUP_HANDLE | PROCESS_CREATE_PROCESS | PROCESS_SET_QUOTA | " +
			"PROCESS_SET_INFORMATION | PROCESS_QUERY_INFORMATION | PROCESS_SUPEND_RESUME | PROCESS_QUERY_LIMITED_INFORMATION",
	} {
		if diff := cmp.Diff(want, access.String()); diff != "" {
			t.Errorf("%#x (-want +got):\n%s", int64(access), diff)
		}
	}
	const access events.Access = 0x1410
	for _, test := range []struct {
		names []string
		want  bool
		err   string
	}{
		{nil, true, ""},
		{[]string{"PROCESS_VM_READ"}, true, ""},
		{[]string{"PROCESS_VM_WRITE"}, false, ""},
		{[]string{"PROCESS_VM_READ", "PROCESS_QUERY_INFORMATION"}, true, ""},
		{[]string{"PROCESS_VM_READ", "PROCESS_VM_WRITE"}, false, ""},
		{[]string{"PROCESS_ALL_ACCESS"}, false, ""},
		{[]string{"PROCESS_VM_WRITE", "process_vm_read"}, false, `unknown permission "process_vm_read": want one of SYNCHRONIZE, WRITE_OWNER,`},
	} {
		got, err := access.HasPermissions(test.names...)
		if got != test.want || (err == nil) != (test.err == "") || err != nil && !strings.HasPrefix(err.Error(), test.err) {
			t.Errorf("HasPermissions(%q) = %v, %v, want %v, %q", test.names, got, err, test.want, test.err)
		}
	}
}

func TestSort(t *testing.T) {
	event := func(second, sequence int) events.Event {
		return &events.Modload{Header: events.Header{Timestamp: time.Unix(int64(second), 0), Sequence: sequence}}
	}
	all := []events.Event{event(3, 0), event(1, 1), event(2, 2), event(1, 3), event(3, 4)}
	events.Sort(all)
	var order []int
	for _, e := range all {
		order = append(order, e.Common().Sequence)
	}
	if diff := cmp.Diff([]int{1, 3, 2, 0, 4}, order); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
