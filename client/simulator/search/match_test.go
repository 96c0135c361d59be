package search_test

import (
	"strings"
	"testing"

	"github.com/cbscript/cbscript/client/simulator/search"
)

func TestMatch(t *testing.T) {
	for _, tt := range []struct {
		query string
		want  bool
	}{
		{``, true},
		{`*`, true},
		{`  `, true},
		// The guide's query, and its parts in other spellings.
		{`process_name:net.exe cmdline:\\test\blah`, true},
		{`process_name:net.exe and cmdline:\\test\blah`, true},
		{`cmdline:\test\blah`, true},
		{`cmdline:"\\test\blah"`, true},
		{`cmdline:"\\\\test\\blah"`, true},
		{`cmdline:test\blah`, true},
		{`cmdline:blah\test`, false},
		{`cmdline:\\test\bla`, false},
		{`cmdline:\\test\bla*`, true},
		{`cmdline:"use y:"`, true},
		{`cmdline:use\ y\:`, true},
		{`cmdline:"use z:"`, false},
		{`cmdline:tes`, false},
		{`cmdline:*es*`, true},
		{`CMDLINE:NET`, true},
		// Keywords.
		{`process_name:NET.EXE`, true},
		{`process_name:net`, false},
		{`process_name:net*`, true},
		{`process_name:*.exe`, true},
		{`process_name:n*t.*e`, true},
		{`process_name:n*u.*e`, false},
		{`process_name:"net*"`, false},
		{`process_name:*`, true},
		{`group:"Default Group"`, true},
		{`group:Default\ Group`, true},
		{`group:Default`, false},
		{`md5:79B6D4C5283FC806387C55B8D7C8B762`, true},
		// Combinations.
		{`process_name:cmd.exe or process_name:net.exe`, true},
		{`process_name:cmd.exe OR process_name:at.exe`, false},
		{`process_name:(cmd.exe or net.exe)`, true},
		{`process_name:(cmd.exe or at.exe)`, false},
		{`process_name:cmd.exe or process_name:net.exe username:SYSTEM`, false},
		{`(process_name:cmd.exe or process_name:net.exe) username:bit9rad`, true},
		{`-process_name:net.exe`, false},
		{`-process_name:cmd.exe`, true},
		{`not process_name:cmd.exe`, true},
		{`NOT (process_name:cmd.exe or username:bit9rad)`, false},
		{`-(process_name:cmd.exe username:bit9rad)`, true},
		{`--process_name:net.exe`, true},
		{`net.exe -cmd.exe`, true},
		{`(filemod:*.exe or filemod:*.dll)`, true},
		// Paths.
		{`path:c:\windows\system32\net.exe`, true},
		{`path:c:\\windows\\system32\\net.exe`, true},
		{`path:system32\net.exe`, true},
		{`path:windows`, true},
		{`path:window`, false},
		{`path:system32\*`, true},
		{`path:c:\windows\*`, true},
		{`path:c:\windows\*.exe`, true},
		{`-path:c:\windows\*`, false},
		{`path:net.exe`, true},
		{`path:et.exe`, false},
		{`path:c:/windows`, true},
		{`username:bit9rad`, true},
		{`username:WIN-IA9NQ1GN8OI\bit9rad`, true},
		{`username:rad`, false},
		{`filemod:"c:\temp\a b (1).txt"`, true},
		{`filemod:c:\temp\a\ b\ \(1\).txt`, true},
		{`filemod:temp\*`, true},
		{`regmod:registry\machine\system\currentcontrolset\control\deviceclasses\{53f56307-b6bf-11d0-94f2-00a0c91efb8b}\*`, true},
		{`regmod:deviceclasses\{00000000-b6bf-11d0-94f2-00a0c91efb8b}\*`, false},
		{`regmod:{53f56307-b6bf-11d0-94f2-00a0c91efb8b}`, true},
		// Numbers.
		{`netconn_count:2`, true},
		{`netconn_count:3`, false},
		{`netconn_count:[1 TO *]`, true},
		{`netconn_count:[* TO 1]`, false},
		{`netconn_count:[2 to 2]`, true},
		{`netconn_count:{2 TO 5}`, false},
		{`netconn_count:{1 TO 2]`, true},
		{`netconn_count:*`, true},
		{`ipport:445`, true},
		{`ipport:[50000 TO 60000]`, false},
		{`alliance_score_virustotal:[10 TO *]`, true},
		{`alliance_score_srstrust:*`, false},
		{`-alliance_score_srstrust:*`, true},
		// Times.
		{`start:-2h`, true},
		{`start:-30m`, false},
		{`start:-1w`, true},
		{`start:-90000w`, true},
		{`start:2016-11-11`, true},
		{`start:2016-11-10`, false},
		{`start:2016-11-11T20:59:31`, true},
		{`start:2016-11-11T20:59:31.631Z`, true},
		{`start:2016-11-11T20:59:31.630Z`, false},
		{`start:[2016-11-11T00:00:00 TO *]`, true},
		{`start:[2016-11-01 TO 2016-11-10]`, false},
		{`start:[2016-11-01 TO 2016-11-11]`, true},
		{`start:[-1d TO now]`, true},
		// Domains and addresses.
		{`domain:www.brightwater.example`, true},
		{`domain:brightwater.example`, true},
		{`domain:brightwater`, true},
		{`domain:water.example`, false},
		{`domain:*.example`, true},
		{`ipaddr:10.20.2.22`, true},
		{`ipaddr:10.20.0.0/16`, true},
		{`ipaddr:10.21.0.0/16`, false},
		{`ipaddr:10.20.*`, true},
		{`ipaddr:[10.20.2.1 TO 10.20.2.30]`, true},
		{`ipaddr:[10.20.3.1 TO 10.20.3.30]`, false},
		{`ipaddr:2001:db8::1`, true},
		{`ipaddr:2001:db8::/32`, true},
		// Words and truth values.
		{`digsig_publisher:Microsoft`, true},
		{`digsig_publisher:"Microsoft Corporation"`, true},
		{`digsig_publisher:Micro`, false},
		{`digsig_publisher:micro*`, true},
		{`terminated:true`, true},
		{`terminated:FALSE`, false},
		// Words without a field.
		{`blah`, true},
		{`"use y:"`, true},
		{`10.20.2.22`, true},
		{`c:\windows`, true},
		{`mimikatz`, false},
	} {
		q, err := search.Parse(tt.query)
		if err != nil {
			t.Errorf("%q: %v", tt.query, err)
			continue
		}
		m, err := search.Compile(q, schema(), now)
		if err != nil {
			t.Errorf("%q: %v", tt.query, err)
			continue
		}
		if got := m.Evaluator().Match(net()); got != tt.want {
			t.Errorf("%q: got %v, want %v", tt.query, got, tt.want)
		}
	}
}

// TestCommand checks how command lines are cut into tokens.
func TestCommand(t *testing.T) {
	for _, tt := range []struct {
		cmdline, query string
		want           bool
	}{
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:/noconfig`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:noconfig`, false},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:.exe`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:.net`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:framework64`, true},
		{`"C:\Windows\Microsoft.NET\Framework64\v4.0.30319\csc.exe" /noconfig`, `cmdline:.dll`, false},
		{`powershell -nop -enc SQBFAFgA=`, `cmdline:-enc`, true},
		{`powershell -nop -enc SQBFAFgA=`, `cmdline:enc`, false},
		{`powershell -nop -enc SQBFAFgA=`, `cmdline:sqbfafga`, true},
		{`cmd /c a&b|c;d>e<f`, `cmdline:"a b c d e f"`, true},
		{`curl http://host.example/a/b?c=1`, `cmdline:host.example`, true},
		{`curl http://host.example/a/b?c=1`, `cmdline:http://host.example/a`, true},
		{`/usr/bin/python2 -c x`, `cmdline:usr/bin/python2`, true},
		{`/usr/bin/python2 -c x`, `cmdline:/usr/bin/python2`, true},
		{`reg query HKLM\SOFTWARE\Run`, `cmdline:"reg query"`, true},
		{`a "b c" d`, `cmdline:"\"b c\""`, true},
	} {
		d := doc{texts: map[string][]string{"cmdline": {strings.ToLower(tt.cmdline)}}}
		if got := match(t, tt.query, d); got != tt.want {
			t.Errorf("%q in %q: got %v, want %v", tt.query, tt.cmdline, got, tt.want)
		}
	}
}

func match(t testing.TB, query string, d search.Doc) bool {
	t.Helper()
	q, err := search.Parse(query)
	if err != nil {
		t.Fatal(err)
	}
	m, err := search.Compile(q, schema(), now)
	if err != nil {
		t.Fatal(err)
	}
	return m.Evaluator().Match(d)
}
