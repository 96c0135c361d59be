package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client/simulator"
)

// profiled starts a server whose requests can be counted, with the file of a profile for it in a new directory.
func profiled(t *testing.T) (sim *simulator.Server, file, dir string) {
	t.Helper()
	dir = t.TempDir()
	sim, err := simulator.Start(simulator.Options{Token: marker})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { sim.Close() })
	certificate := filepath.Join(dir, "server.pem")
	file = filepath.Join(dir, "lab.response")
	for name, text := range map[string]string{
		certificate: string(sim.CertificatePEM()),
		file:        fmt.Sprintf("[default]\nurl=%s\ntoken=%s\nssl_cert_file=%s\n", sim.URL(), marker, certificate),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return sim, file, dir
}

// replAt starts a session at a terminal.
func replAt(t *testing.T, flags ...string) (y *typist, sim *simulator.Server, dir string) {
	t.Helper()
	sim, file, dir := profiled(t)
	y = atTerminal(t, dir, append([]string{"repl", "--credentials", file}, flags...)...)
	y.prompted(">>>")
	return y, sim, dir
}

func TestREPL(t *testing.T) {
	y, _, dir := replAt(t)
	y.types("6 * 7\n")
	y.sees("42\r\n")
	y.prompted(">>>")

	// a block, and its error
	y.types("def f(x):\n")
	y.prompted("...")
	y.types("    return x + bogus\n")
	y.prompted("...")
	y.types("\n")
	y.sees("undefined: bogus")
	y.prompted(">>>")
	y.types("def f(x):\n    return x + 1\n\n")
	y.prompted(">>>")
	y.types("f(_)\n")
	y.sees("43\r\n")
	y.prompted(">>>")

	// Ctrl-C throws an input away, and not the session
	y.types("rubbish")
	y.sees("rubbish")
	y.types("\x03")
	y.prompted(">>>")

	// rows are shown as a table after the input
	y.types("emit(host = \"ws-12\", count = 3)\n")
	y.sees("host   count\r\n")
	y.sees("ws-12      3\r\n")
	y.prompted(">>>")

	// what endpoints named does not control the terminal
	y.types("print(\"\\x1b[2J!\")\n")
	y.sees("\r\n\\x1b[2J!\r\n")
	y.prompted(">>>")

	// the last block comes back as one
	y.types("\x1b[A\x1b[A\x1b[A\n")
	y.prompted(">>>")

	// no secret is kept
	y.types("a = \"" + marker + "\"\n")
	y.prompted(">>>")
	y.types("password = \"correct-horse-7\"\n")
	y.prompted(">>>")
	y.types("\x04")
	if code := y.leaves(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	file := filepath.Join(dir, "cbscript", "history")
	history, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(history), `def f(x):\n    return x + 1`) {
		t.Errorf("the history lacks a block:\n%s", history)
	}
	for _, secret := range []string{marker, "correct-horse-7"} {
		if strings.Contains(string(history), secret) {
			t.Errorf("the history holds %q", secret)
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, error %v, want 0600", info.Mode(), err)
	}
}

func TestREPLInterrupt(t *testing.T) {
	y, _, _ := replAt(t)
	y.types("def forever():\n    print(\"go\")\n    for i in range(50000000):\n        for j in range(50000000):\n            pass\n\n")
	y.prompted(">>>")
	y.types("forever()\n")
	y.sees("\r\ngo\r\n")
	y.types("\x03")
	y.sees("interrupted")
	y.prompted(">>>")
	y.types("2 + 3\n")
	y.sees("5\r\n")
	y.prompted(">>>")
	y.types("exit\n")
	if code := y.leaves(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

func TestREPLCompletion(t *testing.T) {
	y, sim, _ := replAt(t)
	y.types("selec\t")
	y.sees("select")
	y.types("(Sens\t\t")
	y.sees("SensorGroup")
	y.types("\x03\x03") // out of the menu, and out of the line
	y.prompted(">>>")
	y.types("s = select(Sensor).first()\n")
	y.prompted(">>>")
	asked := len(sim.Requests())
	if asked == 0 {
		t.Fatal("the sensor was not asked for")
	}
	y.types("s.computer_d\t")
	y.sees("computer_dns_name")
	y.types("\x03")
	y.prompted(">>>")
	// along joins, which would cost requests
	y.types("s.group.site.throttle_\t")
	y.sees("throttle_rules")
	y.types("\x03")
	y.prompted(">>>")
	if now := len(sim.Requests()); now != asked {
		t.Errorf("completion made %d requests", now-asked)
	}
	y.types("\x04")
	y.leaves()
}

func TestREPLAsksForCapabilities(t *testing.T) {
	y, sim, dir := replAt(t)
	isolated := func() bool {
		for _, r := range sim.Requests() {
			if r.Method == "PUT" {
				return true
			}
		}
		return false
	}
	y.types("s = select(Sensor).first()\n")
	y.prompted(">>>")
	y.types("s.network_isolation_enabled = True\n")
	y.prompted(">>>")
	y.types("s.save()\n")
	y.sees("save Sensor 1: PUT /api/v1/sensor/1 (needs isolate)\r\n")
	y.sees("+ network_isolation_enabled: true\r\n")
	y.sees("Allow this? ")
	y.types("n\n")
	y.sees("it was refused at the prompt")
	y.prompted(">>>")
	if isolated() {
		t.Fatal("the change was sent")
	}
	y.types("s.save()\n")
	y.sees("Allow this? ")
	y.types("perhaps\n")
	y.sees("Allow this? ")
	y.types("a\n")
	y.prompted(">>>")
	if !isolated() {
		t.Error("the change was not sent")
	}
	y.types("s.network_isolation_enabled = False\n")
	y.prompted(">>>")
	y.types("s.save()\n")
	if shown := y.prompted(">>>"); strings.Contains(shown, "Allow") {
		t.Error("it was asked again")
	}
	y.types("\x04")
	y.leaves()
	journal, err := os.ReadFile(filepath.Join(dir, "cbscript", "journal.jsonl"))
	if err != nil || strings.Count(string(journal), `"method":"PUT"`) != 2 {
		t.Errorf("the journal is %q, error %v", journal, err)
	}
}

func TestConfigureHidesTheToken(t *testing.T) {
	dir := t.TempDir()
	sim, err := simulator.Start(simulator.Options{Token: marker})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	y := atTerminal(t, dir, "configure", "response")
	y.sees("Url of the Cb Response server")
	y.types("nonsense\n")
	y.sees("does not start with https://")
	y.sees("Url of the Cb Response server")
	y.types(sim.URL() + "\n")
	y.sees("trust it and no other? [y/N]: ")
	y.types("yes\n")
	y.sees("API token, which is not shown")
	y.sees(": ")
	y.types(marker + "\n")
	y.sees("wrote the Cb Response profile \"default\"")
	if code := y.leaves(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if strings.Contains(y.seen.String(), marker) {
		t.Errorf("the terminal shows the token:\n%s", y.seen.String())
	}
}

func TestConfigureInterruptedAtTheToken(t *testing.T) {
	y := atTerminal(t, t.TempDir(), "configure", "response", "--no-check", "--url", "https://cb.example.com")
	y.sees("API token, which is not shown")
	y.sees(": ")
	y.types("abc")
	y.types("\x03")
	y.sees("interrupted")
	if code := y.leaves(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
}
