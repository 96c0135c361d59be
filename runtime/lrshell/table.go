package lrshell

import "github.com/cbscript/cbscript/client"

// Commands is the table of commands, in the order in which help lists them.
func Commands() []*Command {
	table := append(fileCommands(), transferCommands()...)
	table = append(table, processCommands()...)
	table = append(table, registryCommands()...)
	return append(table, ownCommands()...)
}

func fileCommands() []*Command {
	remote := param{name: "REMOTE", kind: remoteFile}
	return []*Command{
		{Name: "cd", Doc: "Go to a directory; without one, tell where you are.", Needs: client.Respond,
			More:   `A drive is a directory too: cd D:`,
			params: []param{{name: "DIR", kind: remoteDir, optional: true}}, run: changeDir},
		{Name: "pwd", Doc: "Tell the directory that paths start from.", run: printDir},
		{Name: "drives", Doc: "List the drives of the endpoint.", run: listDrives},
		{Name: "dir", Aliases: []string{"ls"}, Doc: "List a directory, or what a pattern such as *.exe names. Times are UTC.", Needs: client.Respond,
			flags:  []flag{{name: "-l", doc: "show when entries were made and last read as well"}},
			params: []param{{name: "REMOTE", kind: remoteFile, optional: true}}, run: listDir},
		{Name: "stat", Doc: "Tell what the endpoint knows about a file or directory.", Needs: client.Respond, params: []param{remote}, run: statFile},
		{Name: "cat", Aliases: []string{"type"}, Doc: "Show a file as text.", Needs: client.Respond, params: []param{remote}, run: catFile},
		{Name: "hexdump", Doc: "Show bytes of a file, 256 from its beginning if nothing else is asked for.", Needs: client.Respond,
			More:   "Numbers may be hexadecimal, as 0x200. Only these bytes are fetched.",
			params: []param{remote, {name: "OFFSET", optional: true}, {name: "LENGTH", optional: true}}, run: hexDump},
		{Name: "hash", Doc: "Tell the MD5 and SHA-256 of a file.", Needs: client.Respond,
			More: "The file travels here to be hashed, and is not kept.", params: []param{remote}, run: hashFile},
		{Name: "del", Aliases: []string{"rm"}, Doc: "Delete files, and directories that are empty.", Needs: client.RespondWrite,
			More:   "What a pattern such as *.tmp names is listed first, and you are asked.",
			flags:  []flag{{name: "-y", doc: "do not ask"}},
			params: []param{{name: "REMOTE", kind: remoteFile, many: true}}, run: deleteFiles},
		{Name: "mkdir", Aliases: []string{"md"}, Doc: "Make a directory.", Needs: client.RespondWrite,
			params: []param{{name: "REMOTE", kind: remoteDir}}, run: makeDir},
	}
}

func transferCommands() []*Command {
	return []*Command{
		{Name: "get", Doc: "Fetch a file, and tell its size, MD5 and SHA-256.", Needs: client.Respond,
			More:   "LOCAL is a file or a directory here, by default a file of the same name. With --out it is in that directory unless it is absolute, and told of in its manifest; list its directory before, and its times are there too.",
			flags:  []flag{{name: "-f", doc: "replace the local file if there is one"}},
			params: []param{{name: "REMOTE", kind: remoteFile}, {name: "LOCAL", kind: localFile, optional: true}}, run: getFile},
		{Name: "put", Doc: "Write a local file to the endpoint. It does not replace one.", Needs: client.RespondWrite,
			More:   "A REMOTE that ends with a separator is a directory, for a file of the same name.",
			params: []param{{name: "LOCAL", kind: localFile}, {name: "REMOTE", kind: remoteFile}}, run: putFile},
		{Name: "memdump", Doc: "Dump the endpoint's memory into a local file.", Needs: client.RespondWrite,
			More: "It is written on the endpoint first, in a temporary file that is deleted afterwards, and takes minutes. LOCAL is as for get.",
			flags: []flag{{name: "-z", doc: "have the endpoint compress it, into a zip file"},
				{name: "-f", doc: "replace the local file if there is one"}},
			params: []param{{name: "LOCAL", kind: localFile}}, run: dumpMemory},
		{Name: "archive", Doc: "Fetch the server's archive of this session: what was done, and its files.", More: "LOCAL is as for get.",
			flags:  []flag{{name: "-f", doc: "replace the local file if there is one"}},
			params: []param{{name: "LOCAL", kind: localFile}}, run: fetchArchive},
	}
}

func processCommands() []*Command {
	start := []flag{{name: "-d", value: "DIR", kind: remoteDir, doc: "start it in this directory instead of the current one"},
		{name: "-o", value: "REMOTE", kind: remoteFile, doc: "leave what it prints in this file of the endpoint"}}
	line := []param{{name: "COMMAND LINE", kind: remoteFile}}
	return []*Command{
		{Name: "ps", Doc: "List the processes, or those with a text in their path, command line or user.", Needs: client.Respond,
			flags:  []flag{{name: "-l", doc: "show the ids of the processes on the server, and of their users, as well"}},
			params: []param{{name: "TEXT", optional: true}}, run: listProcesses},
		{Name: "kill", Doc: "End processes: by number, or by the name of the image, which may be a pattern.", Needs: client.RespondWrite,
			More:   "What a name stands for is listed first, and you are asked.",
			flags:  []flag{{name: "-y", doc: "do not ask"}},
			params: []param{{name: "PROCESS", kind: process, many: true}}, run: killProcesses},
		{Name: "exec", Aliases: []string{"execfg"}, Doc: "Run a program on the endpoint, wait for its end and show what it prints.", Needs: client.RespondWrite,
			More: "The command line goes to the endpoint as it is typed, with its quotes, but for a program in the current directory, which gets its " +
				"whole path. A semicolon belongs to it within quotes only. A return code other than 0 is told.",
			flags: append([]flag{{name: "-t", value: "TIME", doc: "wait so long at most, as 90s or 10m (default 5m)"}},
				start...),
			params: line, tail: true, run: runProgram},
		{Name: "execbg", Doc: "Start a program on the endpoint, and do not wait.", Needs: client.RespondWrite,
			More: "The command line is treated as that of exec.", flags: start, params: line, tail: true, run: startProgram},
	}
}

func registryCommands() []*Command {
	key := param{name: "KEY", kind: regKey}
	value := param{name: "VALUE", kind: regValue}
	return []*Command{
		{Name: "reg query", Doc: "List the keys and values in a key of the registry.", Needs: client.Respond, params: []param{key}, run: queryKey},
		{Name: "reg get", Doc: "Show a value of the registry.", Needs: client.Respond, params: []param{key, value}, run: getValue},
		{Name: "reg set", Doc: "Write a value of the registry.", Needs: client.RespondWrite,
			More: "REG_MULTI_SZ takes several texts, all other types one.",
			flags: []flag{{name: "-t", value: "TYPE", doc: "REG_SZ (default), REG_EXPAND_SZ, REG_DWORD, REG_QWORD or REG_MULTI_SZ"},
				{name: "-f", doc: "replace the value if there is one"}},
			params: []param{key, value, {name: "DATA", many: true}}, run: setValue},
		{Name: "reg create", Doc: "Make a key of the registry.", Needs: client.RespondWrite, params: []param{key}, run: createKey},
		{Name: "reg delete", Doc: "Delete a value of the registry, or without one a key that has none in it.", Needs: client.RespondWrite,
			params: []param{key, {name: "VALUE", kind: regValue, optional: true}}, run: deleteKey},
	}
}

func ownCommands() []*Command {
	return []*Command{
		{Name: "info", Doc: "Tell about the session and its endpoint.", run: showInfo},
		{Name: "history", Doc: "List what was typed, also in earlier sessions.", run: showHistory},
		{Name: "help", Aliases: []string{"?"}, Doc: "List the commands, or tell about one.",
			params: []param{{name: "COMMAND", kind: name, optional: true, many: true}}, run: showHelp},
		{Name: "exit", Aliases: []string{"quit", "detach"}, Doc: "Close the session and leave, as Ctrl-D does.",
			run: leave},
	}
}
