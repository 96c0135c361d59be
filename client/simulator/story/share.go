package story

import "time"

// share is the guide's example: from a command shell that was open since October, the internal share is mounted twice.
// It gives the shell.
func (t *teller) share(h *host) *Process {
	shell := h.guideShell(t)
	t.run(shell, launch{Path: system32 + "net.exe", Cmd: `net  use z: \\test\blah`, At: at("2016-11-11 20:59:25.667"), For: 218 * time.Millisecond})
	t.run(shell, launch{Path: system32 + "net.exe", Cmd: `net  use y: \\test\blah`, At: at("2016-11-11 20:59:31.631"), For: 171 * time.Millisecond})
	return shell
}

// guideShell starts the command shell of the guide's example.
func (h *host) guideShell(t *teller) *Process {
	id, err := ParseGUID("00000003-0000-036c-01d2-2efd3af51186")
	if err != nil {
		panic(err) // a constant of the story
	}
	return t.run(h.explorer, launch{Path: system32 + "cmd.exe", Cmd: `"C:\Windows\system32\cmd.exe" `, At: id.Time(), ID: id, PID: int(id.PID)})
}
