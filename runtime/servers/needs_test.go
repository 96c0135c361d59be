package servers_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/runtime/check"
	"github.com/cbscript/cbscript/runtime/servers"
)

// TestNeeds holds what the check derives from texts that reach a method or a field in a roundabout way: never less than
// they may need.
func TestNeeds(t *testing.T) {
	const session = "s = select(Sensor, 1).lr_session()\n" // which needs respond
	for _, test := range []struct{ name, script, want string }{
		{"nothing", "print(select(Sensor, 1).hostname)\n", ""},
		{"a session's method", session + "s.put_file(b'x', 'c:\\\\x')\n", "respond respond-write"},
		{"that reads", session + "s.list_processes()\n", "respond"},
		{"a job", "cb.live_response.submit_job(lambda s: s.kill_process(4), 1)\n", "respond respond-write"},
		{"a session that others opened", "def work(s): return s.create_process('x')\n", "respond-write"},
		{"a method as a value", session + "f = s.kill_process\nf(4)\n", "respond respond-write"},
		{"in a dict", session + "f = {'kill': s.kill_process}\nf['kill'](4)\n", "respond respond-write"},
		{"in a list", session + "for f in [s.delete_file, s.create_directory]: f('x')\n", "respond respond-write"},
		{"in a comprehension", session + "[f('x') for f in [s.delete_file]]\n", "respond respond-write"},
		{"as an argument", session + "attempt(s.delete_file, 'x')\n", "respond respond-write"},
		{"as a default", session + "def f(g = s.delete_file): g('x')\nf()\n", "respond respond-write"},
		{"in a lambda", "g = lambda s: s.delete_file\n", "respond-write"},
		{"in a conditional", session + "(s.delete_file if True else s.get_file)('x')\n", "respond respond-write"},
		{"behind parentheses", session + "(s.delete_file)('x')\n", "respond respond-write"},
		{"a function", "isolate(select(Sensor, 1))\n", "isolate"},
		{"a function as a value", "f = {'x': isolate}\nf['x'](select(Sensor, 1))\n", "isolate"},
		{"a function over a list", "parallel(isolate, [select(Sensor, 1)])\n", "isolate"},
		{"a function from the module", "load('cb/response', go = 'select')\n", ""},
		{"another product's", "load('cb/protection', 'select', 'Computer')\nprint(select(Computer, 1).resetCLIPassword())\n", "secrets write"},
		{"getattr with a text", session + "getattr(s, 'put_' + 'file')(b'x', 'y')\n", "respond respond-write"},
		{"getattr with a variable", session + "n = 'list_processes'\ngetattr(s, n)()\n", "respond everything"},
		{"getattr with a variable of a loop", session + "for n in ['hostname', 'kill_process']: getattr(s, n)\n", "respond everything"},
		{"getattr with a parameter", "def f(s, n): return getattr(s, n)\nf(1, 'real')\n", "everything"},
		{"getattr under another name", session + "g = getattr\ng(s, 'kill_process')(4)\n", "respond everything"},
		{"getattr as an argument", session + "attempt(getattr, s, 'kill_process')\n", "respond everything"},
		{"getattr in a list", session + "[getattr][0](s, 'kill_process')(4)\n", "respond everything"},
		{"getattr with starred arguments", session + "getattr(*[s, 'kill_process'])(4)\n", "respond everything"},
		{"getattr behind parentheses", session + "(getattr)(s, 'kill_process')(4)\n", "respond respond-write"},
		{"getattr with a name of that name", "def getattr(x, n): return n\ngetattr(1, param('x', ''))\n", ""},
		{"a field that is set", "select(Sensor, 1).network_isolation_enabled = True\n", "isolate"},
		{"a field that is set by a loop", "s = select(Sensor, 1)\nfor s.network_isolation_enabled in [True]: pass\n", "isolate"},
		{"by a comprehension", "s = select(Sensor, 1)\n[1 for s.network_isolation_enabled in [True]]\n", "isolate"},
		{"among others", "s = select(Sensor, 1)\n(a, [s.network_isolation_enabled, b]) = (1, [True, 2])\n", "isolate"},
		{"with an operator", "s = select(Sensor, 1)\ns.network_isolation_enabled |= 1\n", "isolate"},
		{"a field that is read", "print(select(Sensor, 1).network_isolation_enabled)\n", ""},
		{"a secret that is read", "print(select(Feed, 1).password)\n", "secrets"},
		{"by get", "print(select(Feed, 1).get('password'))\n", "secrets"},
		{"by the function get", "print(get(select(Feed, 1), name = 'password'))\n", "secrets"},
		{"by getattr", "print(getattr(select(Feed, 1), 'password'))\n", "secrets"},
		{"a secret that is set", "f = select(Feed, 1)\nf.password = param('password')\nf.save()\n", "write"},
		{"a secret that is set and read", "f = select(Feed, 1)\nf.password += param('password')\n", "secrets"},
		{"a dict's get", "print({}.get(param('x', '')))\n", ""},
		{"a dump", session + "d = s.start_memdump()\nd.delete()\n", "respond respond-write write"},
	} {
		t.Run(test.name, func(t *testing.T) {
			report, err := check.Script("x.star", []byte(test.script), check.Options{Surface: servers.NewSurface()})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, use := range report.Needs.Capabilities {
				got = append(got, use.Name)
				if use.Line == 0 || use.Column == 0 {
					t.Errorf("%s has no place", use.Name)
				}
			}
			if report.Needs.Everything {
				got = append(got, "everything")
			}
			if s := strings.Join(got, " "); s != test.want || !report.OK() {
				t.Errorf("got %q, want %q; findings %v", s, test.want, report.Findings)
			}
		})
	}
}
