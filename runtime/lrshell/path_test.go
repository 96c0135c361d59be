package lrshell

import "testing"

func TestAbs(t *testing.T) {
	windows, unix := paths{windows: true}, paths{}
	for _, test := range []struct {
		paths           paths
		dir, text, want string
	}{
		{windows, `C:\Windows`, "", `C:\Windows`},
		{windows, `C:\Windows`, ".", `C:\Windows`},
		{windows, `C:\Windows`, "Temp", `C:\Windows\Temp`},
		{windows, `C:\Windows`, `Temp\`, `C:\Windows\Temp`},
		{windows, `C:\Windows`, "a/b", `C:\Windows\a\b`},
		{windows, `C:\Windows\Temp`, "..", `C:\Windows`},
		{windows, `C:\Windows`, `..\..\..`, `C:\`},
		{windows, `C:\Windows`, `\Users`, `C:\Users`},
		{windows, `C:\Windows`, "d:", `D:\`},
		{windows, `C:\Windows`, "D:x", `D:\x`},
		{windows, `C:\Windows`, "c:x", `C:\Windows\x`},
		{windows, `C:\Windows`, "c:", `C:\`},
		{windows, `C:\Windows`, `d:\a\.\b\..\c`, `D:\a\c`},
		{windows, `C:\`, "x", `C:\x`},
		{windows, `C:\Windows`, `*.exe`, `C:\Windows\*.exe`},
		{windows, `C:\Windows`, `x.txt:stream`, `C:\Windows\x.txt:stream`},
		{windows, `C:\Windows`, `\\srv\share`, `\\srv\share\`},
		{windows, `C:\Windows`, `\\srv\share\a\..\..\b`, `\\srv\share\b`},
		{windows, `\\srv\share\a`, `..\b`, `\\srv\share\b`},
		{windows, `\\srv\share\a`, `\b`, `\\srv\share\b`},
		{windows, `C:\Windows`, `\\?\C:\a\..\b`, `\\?\C:\a\..\b`},
		{unix, "/var", "log", "/var/log"},
		{unix, "/var", "/etc/../tmp/", "/tmp"},
		{unix, "/var", "../..", "/"},
		{unix, "/var", `a\b`, `/var/a\b`},
		{unix, "/", "c:x", "/c:x"},
	} {
		if got := test.paths.abs(test.dir, test.text); got != test.want {
			t.Errorf("%s in %s is %s, want %s", test.text, test.dir, got, test.want)
		}
	}
}

// FuzzAbs holds that a path which is absolute stays what it is, unless Windows takes it word by word.
func FuzzAbs(f *testing.F) {
	for _, seed := range []string{`..\a`, `c:b`, `\\srv\share\..`, `\\`, `\\?\x`, "/a/../b", ":", `\\a\\b`} {
		f.Add(seed, true)
		f.Add(seed, false)
	}
	f.Fuzz(func(t *testing.T, text string, windows bool) {
		p, dir := paths{windows}, "/home"
		if windows {
			dir = `C:\Users`
		}
		once := p.abs(dir, text)
		if twice := p.abs(dir, once); twice != once {
			t.Errorf("%q is %q and then %q", text, once, twice)
		}
		if p.join(once, "x") == "" || p.base(p.join(once, "x")) != "x" {
			t.Errorf("%q joined with x is %q", once, p.join(once, "x"))
		}
	})
}
