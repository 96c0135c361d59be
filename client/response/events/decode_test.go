package events_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/jsondoc"
	"github.com/cbscript/cbscript/client/response/events"
)

// guid is the process that acts in the tests, other the one it meets.
const (
	guid  = "00000001-0000-0e48-01d2-c2a397f4cfe0"
	other = "00000001-0000-0244-01d2-c2a2f1b3a4d0-00000001"
)

// process is a process document with one list of events.
func process(t testing.TB, list, entries string) jsondoc.Doc {
	t.Helper()
	d, err := jsondoc.ParseObject(fmt.Appendf(nil, `{"id": %q, "process_md5": "ownmd5", "path": "c:\\own.exe", %q: %s}`, guid, list, entries), nil)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// read decodes one list of a document.
func read(t testing.TB, d jsondoc.Doc, list string, v events.Version) ([]events.Event, error) {
	t.Helper()
	lists, err := events.Decode(d, v)
	if err != nil {
		t.Fatal(err)
	}
	switch list {
	case "modload_complete":
		return all(lists.Modloads())
	case "filemod_complete":
		return all(lists.Filemods())
	case "regmod_complete":
		return all(lists.Regmods())
	case "netconn_complete":
		return all(lists.Netconns())
	case "childproc_complete":
		return all(lists.Childprocs())
	case "crossproc_complete":
		return all(lists.Crossprocs())
	case "processblock_complete":
		return all(lists.Processblocks())
	}
	t.Fatalf("no list %q", list)
	return nil, nil
}

func all[E events.Event](list []E, err error) ([]events.Event, error) {
	return events.Append(nil, list), err
}

// at is a time of the day of most examples.
func at(hour, minute, second, microsecond int) time.Time {
	return time.Date(2013, 9, 16, hour, minute, second, microsecond*1000, time.UTC)
}

var seven = at(7, 11, 58, 0)

// entryTests are examples of entries, each with the event that it stands for.
func entryTests() []struct {
	name, list, entry string
	version           events.Version
	want              events.Event
} {
	iso := time.Date(2017, 5, 1, 1, 2, 5, 456000000, time.UTC)
	head := events.Header{Timestamp: seven}
	tampered := events.Header{Timestamp: seven, Tamper: true}
	isoHead := events.Header{Timestamp: iso}
	otherRef := events.ProcessRef{GUID: other, MD5: "othermd5", Path: `c:\other.exe`}
	ownRef := events.ProcessRef{GUID: guid, MD5: "ownmd5", Path: `c:\own.exe`}
	cross := func(first, rest string) string {
		return fmt.Sprintf(`"%s|2013-09-16 07:11:58.000000|%s|othermd5|c:\\other.exe|%s"`, first, other, rest)
	}
	return []struct {
		name, list, entry string
		version           events.Version
		want              events.Event
	}{
		{"module", "modload_complete", `"2013-09-19 22:07:07.000000|1f1c5ad9b0d4c6b1a2b4a3d0c2a2b4a3|c:\\a.dll"`, events.V1,
			&events.Modload{Header: events.Header{Timestamp: time.Date(2013, 9, 19, 22, 7, 7, 0, time.UTC)},
				MD5: "1f1c5ad9b0d4c6b1a2b4a3d0c2a2b4a3", Path: `c:\a.dll`}},
		{"module with a zone and a bar in its path", "modload_complete", `"2013-09-16 07:11:58.123+02:00|m|/tmp/a|b.so"`, events.V4,
			&events.Modload{Header: events.Header{Timestamp: at(7, 11, 58, 123000)}, MD5: "m", Path: "/tmp/a|b.so"}},

		{"example of the contract", "filemod_complete", `"8|2013-09-16 07:11:58.000000|c:\\a|d41d8cd98f00b204e9800998ecf8427e|1|true"`, events.V4,
			&events.Filemod{Header: tampered, Operation: events.FileLastWrote, Path: `c:\a`, MD5: "d41d8cd98f00b204e9800998ecf8427e", FileType: events.FilePE}},
		{"file without options", "filemod_complete", `"1|2013-09-16 07:11:58.000000|c:\\a|"`, events.V1,
			&events.Filemod{Header: head, Operation: events.FileCreated, Path: `c:\a`}},
		{"file with empty type", "filemod_complete", `"2|2013-09-16 07:11:58.000000|c:\\a|||false"`, events.V4,
			&events.Filemod{Header: head, Operation: events.FileFirstWrote, Path: `c:\a`}},
		{"file with unknown words", "filemod_complete", `"3|2013-09-16 07:11:58.000000|c:\\a||pe"`, events.V4,
			&events.Filemod{Header: head, Operation: 3, Path: `c:\a`}},
		{"file with bars in its path", "filemod_complete", `"4|2013-09-16 07:11:58.000000|/tmp/a|b|c||69|true"`, events.V4,
			&events.Filemod{Header: tampered, Operation: events.FileDeleted, Path: "/tmp/a|b|c", FileType: events.File7Z}},

		{"registry", "regmod_complete", `"4|2013-09-16 07:11:58.000000|\\registry\\machine\\software\\x|true"`, events.V4,
			&events.Regmod{Header: tampered, Operation: events.RegDeletedKey, Path: `\registry\machine\software\x`}},
		{"registry without option", "regmod_complete", `"1|2013-09-16 07:11:58.000000|\\registry\\user\\x"`, events.V1,
			&events.Regmod{Header: head, Operation: events.RegCreatedKey, Path: `\registry\user\x`}},
		{"registry with bars in its path", "regmod_complete", `"8|2013-09-16 07:11:58.000000|\\registry\\user\\a|b|c|false"`, events.V4,
			&events.Regmod{Header: head, Operation: events.RegDeletedValue, Path: `\registry\user\a|b|c`}},
		{"registry with a bar and no option", "regmod_complete", `"x|2013-09-16 07:11:58.000000|\\registry\\user\\a|b"`, events.V4,
			&events.Regmod{Header: head, Path: `\registry\user\a|b`}},

		{"connection v1", "netconn_complete", `"2013-09-16 07:11:58.000000|-1979811809|443|6|a.example|true"`, events.V1,
			&events.Netconn{Header: head, RemoteIP: "137.254.120.31", RemotePort: 443, Protocol: 6, Domain: "a.example"}},
		{"connection v1 inbound without address", "netconn_complete", `"2013-09-16 07:11:58.000000||139|17||false"`, events.V1,
			&events.Netconn{Header: head, RemoteIP: "0.0.0.0", RemotePort: 139, Protocol: 17, Direction: events.Inbound}},
		{"connection v1 beyond the signed range", "netconn_complete", `"2013-09-16 07:11:58.000000|2315155487|1|200||true"`, events.V1,
			&events.Netconn{Header: head, RemoteIP: "0.0.0.0", RemotePort: 1, Protocol: 200}},
		{"connection v2", "netconn_complete", `{"timestamp": "2017-05-01T01:02:05.456Z", "direction": "true", "remote_ip": -1979811809,
			"local_ip": "167772161", "proxy_ip": 2315155487, "remote_port": "443", "local_port": 49152, "proto": 6, "domain": "a.example"}`, events.V2,
			&events.Netconn{Header: isoHead, RemoteIP: "137.254.120.31", LocalIP: "10.0.0.1", ProxyIP: "2315155487",
				RemotePort: 443, LocalPort: 49152, Protocol: 6, Domain: "a.example", Both: true}},
		{"connection v3 with nothing", "netconn_complete", `{"timestamp": null}`, events.V3,
			&events.Netconn{Header: events.Header{Timestamp: time.Unix(0, 0).UTC()}, RemoteIP: "0.0.0.0", LocalIP: "0.0.0.0", ProxyIP: "0.0.0.0", Both: true}},
		{"connection v4", "netconn_complete", `{"timestamp": "2017-05-01T01:02:05.456Z", "direction": "false", "remote_ip": "2001:db8::1",
			"local_ip": "10.0.0.1", "remote_port": 53, "proto": "17", "domain": null}`, events.V4,
			&events.Netconn{Header: isoHead, RemoteIP: "2001:db8::1", LocalIP: "10.0.0.1", ProxyIP: "0.0.0.0", RemotePort: 53, Protocol: 17,
				Direction: events.Inbound, Both: true}},

		{"child v1", "childproc_complete", `"2013-09-16 07:11:58.000000|` + other + `|cmd5|c:\\c.exe|580|true|false"`, events.V1,
			&events.Childproc{Header: head, GUID: other, MD5: "cmd5", Path: `c:\c.exe`, PID: "580"}},
		{"child v2, end, tamper", "childproc_complete", `"2013-09-16 07:11:58.000000|` + other + `|cmd5|/a|b|580|false|true"`, events.V2,
			&events.Childproc{Header: tampered, GUID: other, MD5: "cmd5", Path: "/a|b", PID: "580", Terminated: true}},
		{"child v1 without option", "childproc_complete", `"2013-09-16 07:11:58.000000|` + other + `|cmd5|c:\\c.exe|580|true"`, events.V1,
			&events.Childproc{Header: head, GUID: other, MD5: "cmd5", Path: `c:\c.exe`, PID: "580"}},
		{"child v3", "childproc_complete", `{"processId": "` + other + `", "md5": "cmd5", "path": "c:\\c.exe", "pid": 580, "type": "start",
			"start": "2017-05-01T01:02:05.456Z", "end": null, "is_tampered": false, "is_suppressed": true, "commandLine": "c x", "userName": "u"}`, events.V3,
			&events.Childproc{Header: isoHead, GUID: other, MD5: "cmd5", Path: `c:\c.exe`, PID: int64(580), Suppressed: true, CommandLine: "c x", UserName: "u"}},
		{"child v4, end", "childproc_complete", `{"processId": "` + other + `", "md5": null, "pid": "580", "type": "end",
			"start": null, "end": "2017-05-01T01:02:05.456Z", "is_tampered": true}`, events.V4,
			&events.Childproc{Header: events.Header{Timestamp: iso, Tamper: true}, GUID: other, PID: "580", Terminated: true}},
		{"child v4 without a time", "childproc_complete", `{"processId": "` + other + `"}`, events.V4,
			&events.Childproc{Header: events.Header{Timestamp: time.Unix(0, 0).UTC()}, GUID: other}},

		{"process opened", "crossproc_complete", cross("ProcessOpen", "1|2097151|false|false"), events.V4,
			&events.Crossproc{Header: head, Operation: "ProcessOpen", Access: 0x1FFFFF, Target: otherRef, Source: ownRef}},
		{"thread opened, being the target", "crossproc_complete", cross("ProcessOpen", "2|1|true|true"), events.V4,
			&events.Crossproc{Header: tampered, Operation: "ThreadOpen", Access: 1, IsTarget: true, Target: ownRef, Source: otherRef}},
		{"remote thread, without option", "crossproc_complete", cross("RemoteThread", "2||false"), events.V1,
			&events.Crossproc{Header: head, Operation: "RemoteThread", Target: otherRef, Source: ownRef}},

		{"process block", "processblock_complete", `"{\"timestamp\": \"2017-05-01T01:02:05.456Z\", \"block_type\": \"Md5Hash\",
			\"block_event\": \"ProcessCreate\", \"block_result\": \"ProcessTerminated\", \"block_error\": 0, \"blocked_md5\": \"bmd5\",
			\"blocked_path\": \"c:\\\\b.exe\", \"blocked_cmdline\": \"b\", \"blocked_uid\": \"S-1-5-18\", \"blocked_username\": \"u\"}"`, events.V4,
			&events.Processblock{Header: isoHead, BlockType: "Md5Hash", BlockEvent: "ProcessCreate", BlockResult: "ProcessTerminated",
				BlockError: int64(0), MD5: "bmd5", Path: `c:\b.exe`, CommandLine: "b", UID: "S-1-5-18", UserName: "u"}},
		{"process block as an object", "processblock_complete", `{"timestamp": "2017-05-01T01:02:05.456Z", "block_type": 1}`, events.V4,
			&events.Processblock{Header: isoHead, BlockType: int64(1)}},
	}
}

func TestDecode(t *testing.T) {
	for _, test := range entryTests() {
		t.Run(test.name, func(t *testing.T) {
			entry := strings.NewReplacer("\n", " ", "\t", "").Replace(test.entry)
			got, err := read(t, process(t, test.list, "["+entry+"]"), test.list, test.version)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]events.Event{test.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	tests := []struct{ name, list, entry, want string }{
		{"time", "modload_complete", `"yesterday|m|p"`,
			`modload_complete, entry 1, "yesterday|m|p": cannot read "yesterday" as a time: want a date such as 2006-01-02T15:04:05Z`},
		{"no text", "regmod_complete", `{"a": 1}`, `regmod_complete, entry 1, "{\"a\": 1}": want text with | between its parts, found a JSON object`},
		{"empty", "modload_complete", `""`, `modload_complete, entry 1, "": want at least 3 parts with | between them, found 1`},
		{"three parts", "filemod_complete", `"1|2013-09-16 07:11:58.000000|p"`,
			`filemod_complete, entry 1, "1|2013-09-16 07:11:58.000000|p": want at least 4 parts with | between them, found 3`},
		{"port", "netconn_complete", `"2013-09-16 07:11:58|1|x|6|d|true"`, `netconn_complete, entry 1, "2013-09-16 07:11:58|1|x|6|d|true": want a number for the port, found "x"`},
		{"protocol", "netconn_complete", `"2013-09-16 07:11:58|1|1||d|true"`, `netconn_complete, entry 1, "2013-09-16 07:11:58|1|1||d|true": want a number for the protocol, found ""`},
		{"number of an object", "netconn_complete", `{"timestamp": "2013-09-16", "local_port": [1]}`,
			`netconn_complete, entry 1, "{\"timestamp\": \"2013-09-16\", \"local_port\": [1]}": want a number for local_port, found "[1]"`},
		{"child that is a number", "childproc_complete", `5`, `childproc_complete, entry 1, "5": want an object, found a JSON number`},
		{"child's time", "childproc_complete", `{"type": "end", "end": 5}`,
			`childproc_complete, entry 1, "{\"type\": \"end\", \"end\": 5}": cannot read "5" as a time: want a date such as 2006-01-02T15:04:05Z`},
		{"cross-process parts", "crossproc_complete", `"a|2013-09-16|b|c|d|e|f"`,
			`crossproc_complete, entry 1, "a|2013-09-16|b|c|d|e|f": want at least 8 parts with | between them, found 7`},
		{"broken text in a block", "processblock_complete", `"{"`,
			`processblock_complete, entry 1, "{": want an object as JSON text: invalid JSON at byte 1: expected a member name in quotes, found the end of the text`},
		{"text in a block", "processblock_complete", `"[]"`, `processblock_complete, entry 1, "[]": want an object, found a JSON array`},
		{"cut", "modload_complete", `"` + strings.Repeat("é", 201) + `"`,
			`modload_complete, entry 1, "` + strings.Repeat("é", 200) + `": want at least 3 parts with | between them, found 1`},
	}
	good := map[string]string{}
	for _, test := range entryTests() {
		good[test.list] = test.entry
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := strings.NewReplacer("\n", " ", "\t", "").Replace(good[test.list])
			got, err := read(t, process(t, test.list, "["+before+","+test.entry+","+before+"]"), test.list, events.V4)
			var incomplete *events.IncompleteError
			var entry *events.EntryError
			if !errors.As(err, &incomplete) || !errors.As(err, &entry) {
				t.Fatalf("error %v, want an *IncompleteError with an *EntryError", err)
			}
			if diff := cmp.Diff(test.want, entry.Error()); diff != "" {
				t.Errorf("entry (-want +got):\n%s", diff)
			}
			if want := "1 of 3 entries of " + test.list + " could not be parsed; the first: " + test.want; err.Error() != want {
				t.Errorf("error %q, want %q", err, want)
			}
			if len(got) != 2 || got[0].Common().Sequence != 0 || got[1].Common().Sequence != 2 {
				t.Errorf("got %d events, want those of position 0 and 2", len(got))
			}
		})
	}
}

func TestLists(t *testing.T) {
	t.Run("absent and null lists are empty", func(t *testing.T) {
		for _, typ := range events.Types() {
			for _, d := range []jsondoc.Doc{process(t, typ.List, "null"), process(t, typ.List, "[]"), {}} {
				if got, err := read(t, d, typ.List, events.V4); err != nil || len(got) != 0 {
					t.Errorf("%s of %s: %d events, %v", typ.List, d.Bytes(), len(got), err)
				}
			}
		}
	})
	t.Run("an empty file entry is no event", func(t *testing.T) {
		got, err := read(t, process(t, "filemod_complete", `["", "1|2013-09-16 07:11:58|c:\\a|"]`), "filemod_complete", events.V4)
		if err != nil || len(got) != 1 || got[0].Common().Sequence != 1 {
			t.Errorf("got %v, %v, want the event of position 1", got, err)
		}
	})
	t.Run("a list that is none", func(t *testing.T) {
		_, err := read(t, process(t, "netconn_complete", `{"a": 1}`), "netconn_complete", events.V4)
		want := `netconn_complete "{\"a\": 1}": want a list, found a JSON object`
		if err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	})
	t.Run("many failures are counted, the first hundred described", func(t *testing.T) {
		_, err := read(t, process(t, "modload_complete", "["+strings.Repeat(`"x", `, 249)+`"x"]`), "modload_complete", events.V4)
		var incomplete *events.IncompleteError
		if !errors.As(err, &incomplete) || incomplete.Entries != 250 || incomplete.Failed != 250 || len(incomplete.Reported) != 100 {
			t.Errorf("got %+v", err)
		}
	})
	t.Run("no such version", func(t *testing.T) {
		for _, v := range []events.Version{0, 5, -1} {
			if lists, err := events.Decode(jsondoc.Doc{}, v); err == nil {
				t.Errorf("Decode of version %d gave %v", v, lists)
			}
		}
	})
}

// TestLazy changes the text after one list was read: a list that is read later shows the change, so it was not read before.
func TestLazy(t *testing.T) {
	text := []byte(`{"modload_complete": ["2013-09-16 07:11:58|m|first"], "regmod_complete": ["1|2013-09-16 07:11:58|first"]}`)
	d, err := jsondoc.ParseObject(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	lists, err := events.Decode(d, events.V4)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lists.Modloads(); err != nil {
		t.Fatal(err)
	}
	copy(text, strings.ReplaceAll(string(text), "first", "later"))
	modloads, err := lists.Modloads()
	if err != nil || len(modloads) != 1 || modloads[0].Path != "first" {
		t.Errorf("module loads read twice: %+v, %v", modloads, err)
	}
	regmods, err := lists.Regmods()
	if err != nil || len(regmods) != 1 || regmods[0].Path != "later" {
		t.Errorf("registry modifications read too early: %+v, %v", regmods, err)
	}
}

func TestForServer(t *testing.T) {
	for _, test := range []struct {
		major, minor int
		want         string
	}{{4, 2, "v1"}, {5, 0, "v1"}, {5, 1, "v2"}, {5, 2, "v3"}, {5, 9, "v3"}, {6, 0, "v4"}, {7, 1, "v4"}} {
		if got := events.ForServer(test.major, test.minor).String(); got != test.want {
			t.Errorf("ForServer(%d, %d) = %s, want %s", test.major, test.minor, got, test.want)
		}
	}
}

func TestChild(t *testing.T) {
	parse := func(text string) jsondoc.Doc {
		d, err := jsondoc.ParseObject([]byte(text), nil)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	got, err := events.Child(parse(`{"id": "`+guid+`", "unique_id": "`+other+`", "process_md5": "cmd5", "path": "c:\\c.exe", "process_pid": 580,
		"start": "2017-05-01T01:02:05.456Z", "is_suppressed": true, "cmdline": "c x", "username": "u"}`), 3)
	want := &events.Childproc{Header: events.Header{Timestamp: time.Date(2017, 5, 1, 1, 2, 5, 456000000, time.UTC), Sequence: 3}, GUID: other,
		MD5: "cmd5", Path: `c:\c.exe`, PID: int64(580), Suppressed: true, CommandLine: "c x", UserName: "u"}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got := want.ProcessGUID(); got != strings.TrimSuffix(other, "-00000001") {
		t.Errorf("ProcessGUID() = %s", got)
	}
	for _, start := range []string{`null`, `-1`} {
		got, err := events.Child(parse(`{"id": "`+guid+`", "start": `+start+`}`), 0)
		want := &events.Childproc{Header: events.Header{Timestamp: time.Unix(0, 0).UTC()}, GUID: guid}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("start %s: %v (-want +got):\n%s", start, err, diff)
		}
	}
	var entry *events.EntryError
	if got, err := events.Child(parse(`{"start": "soon"}`), 2); !errors.As(err, &entry) || entry.Index != 2 {
		t.Errorf("got %v, %v, want an *EntryError for entry 2", got, err)
	}
}
