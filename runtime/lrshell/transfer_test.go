package lrshell_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cbscript/cbscript/client/simulator"
	"github.com/cbscript/cbscript/runtime/lrshell"
)

// TestTransfers holds that files travel whole, and that none is replaced or left in part.
func TestTransfers(t *testing.T) {
	b := shellOn(t, "WS-FIN-01", nil)
	read := func(name string) string {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(b.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	const text = "# hosts of WS-FIN-01\r\n127.0.0.1 localhost\r\n"
	got := b.must("get " + hosts)
	for _, want := range []string{"43", "c7b65c29757b2f260b8a267d72a218b8", "7c0de99a65ba53b39f939695d003e651381d34fcb0736d1dd492dbe28a6ff6de", filepath.Join(b.dir, "hosts")} {
		if !strings.Contains(got, want) {
			t.Errorf("get tells %q, want %s in it", got, want)
		}
	}
	if read("hosts") != text {
		t.Errorf("got %q", read("hosts"))
	}
	if info, err := os.Stat(filepath.Join(b.dir, "hosts")); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the file is %v, %v, want one that only its owner reads", info.Mode(), err)
	}
	b.sim.ResetRequests()
	if _, err := b.do("get " + hosts); err == nil || !strings.Contains(err.Error(), "is there already") {
		t.Errorf("a second get gives %v", err)
	}
	if n := len(b.sim.Requests()); n > 0 {
		t.Errorf("a get that cannot be stored made %d requests", n)
	}
	if err := os.WriteFile(filepath.Join(b.dir, "tool 1.bin"), bytes.Repeat([]byte{1, 2, 3}, 50000), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := b.must(`put "tool 1.bin" C:\Windows\Temp\; ls C:\Windows\Temp\tool*`); !strings.Contains(got, "150000") || !strings.Contains(got, "tool 1.bin") {
		t.Errorf("put and dir tell %q", got)
	}
	b.must(`get -f "C:\Windows\Temp\tool 1.bin" hosts`)
	if read("hosts") != read("tool 1.bin") {
		t.Error("what came back is not what was sent")
	}
	if _, err := b.do(`put hosts "C:\Windows\Temp\tool 1.bin"`); err == nil || !strings.Contains(err.Error(), "ERROR_FILE_EXISTS") {
		t.Errorf("a put over a file gives %v", err)
	}
	b.must("memdump -z memory.zip; archive session.zip")
	for _, name := range []string{"memory.zip", "session.zip"} {
		if !strings.HasPrefix(read(name), "PK") {
			t.Errorf("%s is no archive", name)
		}
	}
	if _, err := b.do(`dir C:\Windows\Temp\cblr*`); err == nil {
		t.Error("the dump is still on the endpoint")
	}
	b.sim.Inject(simulator.Fault{Method: "GET", PathPrefix: "/api/v1/cblr/session/1/file/", CutAfter: 10})
	if _, err := b.do("get " + hosts + " part"); err == nil {
		t.Error("a file that was cut off is no error")
	}
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if diff := cmp.Diff([]string{"hosts", "memory.zip", "session.zip", "tool 1.bin"}, names); diff != "" {
		t.Errorf("local files (-want +got):\n%s", diff)
	}
}

// TestAttackersText holds that a terminal is not controlled by what an endpoint sends, and that a pipe gets it as it is.
func TestAttackersText(t *testing.T) {
	for _, test := range []struct {
		name, content, want string
	}{
		{"control", "a\x1b[2J\r\nb\rc", "a\\x1b[2J\nb\\x0dc\n"},
		{"utf-16", "\xff\xfeh\x00i\x00=\xd8\x00\xde\r\x00\n\x00", "hi\U0001f600\n"},
		{"utf-16, the other order", "\xfe\xff\x00h\x00i", "hi\n"},
		{"utf-8 with a mark", "\xef\xbb\xbfhi\n", "hi\n"},
		{"empty", "", ""},
		{"long", strings.Repeat("x", 10000), strings.Repeat("x", 10000) + "\n"},
		{"long, cut in a character", "x" + strings.Repeat("\u20ac", 5000), "x" + strings.Repeat("\u20ac", 5000) + "\n"},
		{"long, cut in the end of a line", strings.Repeat("x", 4095) + "\r\ny", strings.Repeat("x", 4095) + "\ny\n"},
		{"not UTF-8", strings.Repeat("\xe2", 5000), strings.Repeat("\\xe2", 5000) + "\n"},
	} {
		for _, plain := range []bool{false, true} {
			b := shellOn(t, "11", func(c *lrshell.Config) { c.Plain = plain })
			if err := os.WriteFile(filepath.Join(b.dir, "x"), []byte(test.content), 0o600); err != nil {
				t.Fatal(err)
			}
			b.must(`put x C:\x`)
			want := test.want
			if plain {
				want = test.content
			}
			if diff := cmp.Diff(want, b.must(`cat C:\x`)); diff != "" {
				t.Errorf("%s, plain %v (-want +got):\n%s", test.name, plain, diff)
			}
		}
	}
}
