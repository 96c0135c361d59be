package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/cbscript/cbscript/client/simulator"
)

// lrAt starts a shell on an endpoint at a terminal.
func lrAt(t *testing.T, sensor string, flags ...string) (y *typist, sim *simulator.Server, dir string) {
	t.Helper()
	sim, file, dir := profiled(t)
	y = atTerminal(t, dir, append([]string{"lr", sensor, "--credentials", file}, flags...)...)
	return y, sim, dir
}

// closed fails when a session is open on the server after the shell has ended.
func closed(t *testing.T, sim *simulator.Server) {
	t.Helper()
	if open := sim.LiveSessions(); len(open) > 0 {
		t.Errorf("still open: %v", open)
	}
}

const (
	lrPrompt  = `WS-FIN-01 C:\Windows\CarbonBlack>`
	lrAtTop   = `WS-FIN-01 C:\>`
	hostsFile = `C:\Windows\System32\drivers\etc\hosts`
)

func TestLR(t *testing.T) {
	y, sim, dir := lrAt(t, "ws-fin-01", "--allow", "respond")
	y.prompted(lrPrompt)
	y.types("cd \\\n")
	y.prompted(lrAtTop)
	y.types("dir Users\n")
	y.sees("attributes  size  written               name\r\n")
	y.sees("apetrov\r\n")
	y.prompted(lrAtTop)

	// a failure is told, and the shell goes on
	y.types("cat nothing\n")
	y.sees("(ERROR_FILE_NOT_FOUND): file not found\r\n")
	y.sees("cbscript: hint: dir shows what is there")
	y.prompted(lrAtTop)

	// what an endpoint has does not control the terminal
	if err := os.WriteFile(filepath.Join(dir, "odd"), []byte("\x1b[2J!\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	y.types("put odd C:\\odd\n")
	y.sees("(needs respond-write)\r\n")
	y.sees("Allow this? ")
	y.types("\tn\n") // Tab completes nothing here, and waits for nothing
	y.sees("it was refused at the prompt")
	y.prompted(lrAtTop)
	y.types("put odd C:\\odd\n")
	y.sees("Allow this? ")
	y.types("a\n")
	y.sees("wrote C:\\odd, 7 bytes\r\n")
	y.prompted(lrAtTop)
	y.types("cat odd\n")
	y.sees("\r\n\\x1b[2J!\r\n")
	y.prompted(lrAtTop)

	// what a pattern names is asked about
	y.types("del od*\n")
	y.sees("C:\\odd\r\n")
	y.sees("delete 1 file? [y/N] ")
	y.types("\n")
	y.sees("nothing was done")
	y.prompted(lrAtTop)
	y.types("del od*\n")
	y.sees("delete 1 file? [y/N] ")
	y.types("y\n")
	y.sees("deleted C:\\odd\r\n")
	y.prompted(lrAtTop)

	y.types("get " + hostsFile + "\n")
	y.sees("c7b65c29757b2f260b8a267d72a218b8")
	y.prompted(lrAtTop)
	if text, err := os.ReadFile(filepath.Join(dir, "hosts")); err != nil || !strings.HasPrefix(string(text), "# hosts of WS-FIN-01") {
		t.Errorf("the file that was fetched is %q, error %v", text, err)
	}

	// Ctrl-C throws an input away, and twice on an empty line tells how to leave
	y.types("rubbish\x03")
	y.prompted(lrAtTop)
	y.types("\x03")
	y.prompted(lrAtTop)
	y.types("\x03")
	y.sees("Ctrl-D or exit closes the session and leaves.")
	y.prompted(lrAtTop)

	y.types("pwd " + marker + "\n")
	y.prompted(lrAtTop)
	y.types("history\n")
	y.sees("cat odd\r\n")
	y.prompted(lrAtTop)
	y.types("\x04")
	if code := y.leaves(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	closed(t, sim)
	history, err := os.ReadFile(filepath.Join(dir, "cbscript", "lr-history"))
	if err != nil || !strings.Contains(string(history), "del od*") || strings.Contains(string(history), marker) {
		t.Errorf("the history is %q, error %v", history, err)
	}
	journal, err := os.ReadFile(filepath.Join(dir, "cbscript", "journal.jsonl"))
	if err != nil || strings.Count(string(journal), `/command"`) < 2 || strings.Contains(string(journal), marker) {
		t.Errorf("the journal is %q, error %v", journal, err)
	}
}

func TestLRAsksBeforeTheSession(t *testing.T) {
	y, sim, _ := lrAt(t, "11")
	y.sees("open a session with sensor 11: POST /api/v1/cblr/session (needs respond)\r\n")
	y.sees("Allow this? ")
	y.types("n\n")
	y.sees("cbscript: hint: run again with --allow respond")
	if code := y.leaves(); code != 5 {
		t.Errorf("exit code %d, want 5", code)
	}
	closed(t, sim)
	y, sim, _ = lrAt(t, "11")
	y.sees("Allow this? ")
	y.types("y\n") // this once: Tab must not ask again
	y.prompted(lrPrompt)
	y.types("cd C:\\Us\t\t")
	y.types("\x03")
	y.prompted(lrPrompt)
	y.types("cd \\\n")
	y.sees("directory list C:\\* on sensor 11")
	y.sees("Allow this? ")
	y.types("a\n")
	y.prompted(lrAtTop)
	y.types("exit\n")
	y.leaves()
	closed(t, sim)
}

func TestLRDryRun(t *testing.T) {
	y, sim, _ := lrAt(t, "11", "--dry-run")
	y.sees("Allow this? ")
	y.types("y\n")
	y.prompted(lrPrompt)
	y.types("mkdir C:\\x\n")
	y.sees("would create directory C:\\x on sensor 11: POST ")
	if shown := y.prompted(lrPrompt); strings.Contains(shown, "made") {
		t.Errorf("a dry run tells %q", shown)
	}
	y.types("exit\n")
	if code := y.leaves(); code != 0 { // nobody is asked whether to close what was opened
		t.Errorf("exit code %d", code)
	}
	closed(t, sim)
}

func TestLRCompletion(t *testing.T) {
	y, sim, _ := lrAt(t, "11", "--allow", "respond")
	y.prompted(lrPrompt)
	y.types("hexd\t")
	y.sees("hexdump ")
	y.types("C:\\win\t")
	y.sees(`C:\windows\`)
	y.types("system32\\dri\tetc\\h\t")
	y.sees(`etc\hosts`)
	y.types("0 16\n")
	y.sees("00000000  23 20 68 6f 73 74 73 20  6f 66 20 57 53 2d 46 49  |# hosts of WS-FI|\r\n")
	y.prompted(lrPrompt)
	y.types("dir C:\\prog\t")
	y.sees(`C:\program" "`)
	y.types("\x03")
	y.prompted(lrPrompt)
	y.types("reg query HKLM\\SOFTWARE\\Mic\t\n")
	y.sees(`HKLM\SOFTWARE\Microsoft\Windows`)
	y.prompted(lrPrompt)
	y.types("\x04")
	y.leaves()
	closed(t, sim)
}

func TestLRInterrupt(t *testing.T) {
	y, sim, _ := lrAt(t, "11", "--allow", "respond,respond-write")
	y.prompted(lrPrompt)
	y.types("exec C:\\Windows\\notepad.exe\n") // it runs until it is ended
	deadline := time.Now().Add(patience)
	for started := false; !started; {
		if time.Now().After(deadline) {
			t.Fatal("the program was not started")
		}
		for _, r := range sim.Requests() {
			started = started || strings.HasSuffix(r.Path, "/command/1")
		}
	}
	y.types("\x03")
	y.sees("interrupted")
	y.sees("the program may go on")
	y.prompted(lrPrompt)
	y.types("kill -y notepad.exe\n")
	y.sees("ended process")
	y.prompted(lrPrompt)
	y.types("quit\n")
	if code := y.leaves(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	closed(t, sim)
}

// TestLREnds holds that the session is closed when the program is ended from outside, and that a wait can be given up.
func TestLREnds(t *testing.T) {
	heedHangups(t)
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP} {
		y, sim, _ := lrAt(t, "11", "--allow", "respond")
		y.prompted(lrPrompt)
		if err := y.cmd.Process.Signal(os.Interrupt); err != nil { // as a Ctrl-C that comes late
			t.Fatal(err)
		}
		y.types("pwd\n")
		y.prompted(lrPrompt) // whether or not it came before that command
		if err := y.cmd.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		if code := y.leaves(); code != 130 {
			t.Errorf("%s: exit code %d, want 130", signal, code)
		}
		closed(t, sim)
	}
	y, sim, _ := lrAt(t, "39", "--allow", "respond")
	y.sees("WS-LEG-02 (39) is offline: last check-in 2016-11-09 20:57:53 UTC, next expected 2016-11-09 20:58:23 UTC;")
	y.types("\x03")
	if code := y.leaves(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	closed(t, sim)
	y, sim, _ = lrAt(t, "39", "--allow", "respond", "--wait", time.Hour.String())
	y.sees("is offline")
	sim.SetOnline(39, true)
	y.prompted(`WS-LEG-02 C:\Windows\CarbonBlack>`)
	y.types("\x04")
	y.leaves()
	closed(t, sim)
}
