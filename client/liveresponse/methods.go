package liveresponse

import (
	"bytes"
	"context"
	"io"
	"time"

	"github.com/cbscript/cbscript/client"
)

// Methods are the session's methods for scripts, with the names and parameters of the reference client.
//
// Source: contract/live-response.md, section 2.
func (s *Session) Methods() []client.RecordMethod {
	methods := s.ownMethods()
	for _, more := range [][]client.RecordMethod{s.fileMethods(), s.processMethods(), s.registryMethods(), s.memoryMethods()} {
		methods = append(methods, more...)
	}
	return methods
}

func param(name string, t client.Type, doc string) client.Param {
	return client.Param{Name: name, Type: t, Required: true, Doc: doc}
}

func option(name string, t client.Type, value any, doc string) client.Param {
	return client.Param{Name: name, Type: t, Default: value, Doc: doc}
}

// pollParams are how long a script waits for a command.
func pollParams() []client.Param {
	return []client.Param{
		option("timeout", client.Duration, nil, "how long the endpoint may take; None means 2 minutes"),
		option("delay", client.Duration, nil, "how often the server is asked; None means every half second"),
	}
}

func pollOf(args client.Args) Poll {
	timeout, _ := args.Duration("timeout")
	delay, _ := args.Duration("delay")
	return Poll{timeout, delay}
}

func (s *Session) ownMethods() []client.RecordMethod {
	return []client.RecordMethod{
		{Name: "close", Returns: "None", Doc: "End the session. The last one with the sensor that is closed is closed on the server.",
			Do: func(ctx context.Context, _ client.Args) (any, error) { return nil, s.Close(ctx) }},
		{Name: "path_join", Returns: "string", Doc: "The parts of a path, joined as the endpoint's system does it.",
			Params: []client.Param{{Name: "parts", Type: client.Text, Variadic: true}},
			Do: func(_ context.Context, args client.Args) (any, error) {
				parts := make([]string, len(args.List("parts")))
				for i, p := range args.List("parts") {
					text, ok := p.(string)
					if !ok {
						return nil, client.Errorf("path_join: got %s for a part, want text", client.ShowValue(p))
					}
					parts[i] = text
				}
				return s.PathJoin(parts...), nil
			}},
		{Name: "get_session_archive", Returns: "file", Capability: client.Respond,
			Doc: "The server's archive of the session, a zip file of what was done and fetched.",
			Do:  func(ctx context.Context, _ client.Args) (any, error) { return s.Archive(ctx) }},
	}
}

func (s *Session) fileMethods() []client.RecordMethod {
	path := param("path", client.Text, "absolute path on the endpoint")
	return []client.RecordMethod{
		{Name: "get_file", Returns: "bytes", Capability: client.Respond, Doc: "The bytes of a file of the endpoint.",
			Params: append([]client.Param{path}, pollParams()...),
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return s.GetFile(ctx, args.Text("path"), pollOf(args))
			}},
		{Name: "get_raw_file", Returns: "file", Capability: client.Respond,
			Doc: "A file of the endpoint as it arrives: for large ones, and for artifact().",
			Params: append(append([]client.Param{path}, pollParams()...),
				option("offset", client.Int, int64(0), "leave out that many bytes at the beginning"),
				option("count", client.Int, int64(0), "at most that many bytes; 0 for all")),
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return s.GetPart(ctx, args.Text("path"), int64(args.Int("offset")), int64(args.Int("count")), pollOf(args))
			}},
		{Name: "put_file", Returns: "None", Capability: client.RespondWrite, Doc: "Write a new file on the endpoint. It does not replace one.",
			Params: []client.Param{param("data", client.Any, "bytes, text, or a file"), path},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				data, err := readerOf(args["data"])
				if err != nil {
					return nil, err
				}
				return nil, s.PutFile(ctx, data, args.Text("path"))
			}},
		{Name: "delete_file", Returns: "None", Capability: client.RespondWrite, Doc: "Delete a file of the endpoint.", Params: []client.Param{path},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return nil, s.DeleteFile(ctx, args.Text("path"))
			}},
		{Name: "list_directory", Returns: "list of dicts", Capability: client.Respond,
			Doc:    `The entries that a path names, which ends with the separator or with a pattern: "c:\\temp\\*.exe". Each has filename, attributes, size, create_time, last_write_time and last_access_time (seconds since 1970).`,
			Params: []client.Param{path},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return s.ListDirectory(ctx, args.Text("path"))
			}},
		{Name: "create_directory", Returns: "None", Capability: client.RespondWrite, Doc: "Make a directory on the endpoint.", Params: []client.Param{path},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return nil, s.CreateDirectory(ctx, args.Text("path"))
			}},
		{Name: "walk", Returns: "sequence of (dir, dirs, files)", Capability: client.Respond,
			Doc: "Go through a directory and all below it, as os.walk of Python does. A directory that cannot be listed is left out.",
			Params: []client.Param{param("top", client.Text, "absolute path of the directory, without a separator at its end"),
				option("topdown", client.Bool, true, "False for what is deepest first"),
				option("onerror", client.Func, nil, "called with the error of each directory that is left out"),
				option("followlinks", client.Bool, false, "has no effect: endpoints do not tell links")},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				var onError func(error) error
				if fn := args.Callback("onerror"); fn != nil {
					onError = func(failed error) error { _, err := fn(ctx, []any{failed}, nil); return err }
				}
				return s.Walk(ctx, args.Text("top"), !args.Bool("topdown"), onError), nil
			}},
	}
}

// readerOf gives what a script wants to put on the endpoint.
func readerOf(v any) (io.Reader, error) {
	switch v := v.(type) {
	case []byte:
		return bytes.NewReader(v), nil
	case string:
		return bytes.NewReader([]byte(v)), nil
	case *client.File:
		return v, nil
	}
	return nil, client.Errorf("put_file: for parameter data: got %s, want bytes, text or a file", client.ShowValue(v))
}

func (s *Session) processMethods() []client.RecordMethod {
	return []client.RecordMethod{
		{Name: "list_processes", Returns: "list of dicts", Capability: client.Respond,
			Doc: "The running processes: pid, parent, path, command_line, username, sid, create_time, proc_guid and parent_guid.",
			Do:  func(ctx context.Context, _ client.Args) (any, error) { return s.ListProcesses(ctx) }},
		{Name: "kill_process", Returns: "bool", Capability: client.RespondWrite, Doc: "End a process. False when the endpoint does not answer in time.",
			Params: []client.Param{param("pid", client.Any, "its number")},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return s.KillProcess(ctx, args["pid"])
			}},
		{Name: "create_process", Returns: "bytes", Capability: client.RespondWrite,
			Doc: "Start a process. Gives what it printed, or None when that is not waited for.",
			Params: append(startParams(),
				option("wait_for_completion", client.Bool, true, "wait for its end")),
			Do: func(ctx context.Context, args client.Args) (any, error) {
				start := startOf(args)
				start.Wait = args.Bool("wait_for_completion")
				output, err := s.CreateProcess(ctx, start)
				if output == nil {
					return nil, err
				}
				return output, err
			}},
		{Name: "run_process", Returns: "dict", Capability: client.RespondWrite,
			Doc:    "Start a process and wait for its end. Gives a dict: return_code and pid, None where the endpoint does not tell, and output, bytes, None when that is not waited for.",
			Params: startParams(),
			Do: func(ctx context.Context, args client.Args) (any, error) {
				ended, err := s.RunProcess(ctx, startOf(args))
				if err != nil {
					return nil, err
				}
				facts := map[string]any{"return_code": nil, "pid": nil, "output": nil}
				if ended.Code != nil {
					facts["return_code"] = *ended.Code
				}
				if ended.PID != nil {
					facts["pid"] = *ended.PID
				}
				if ended.Output != nil {
					facts["output"] = ended.Output
				}
				return facts, nil
			}},
	}
}

// startParams are how a script says what to start.
func startParams() []client.Param {
	return []client.Param{param("command_string", client.Text, "the command line"),
		option("wait_for_output", client.Bool, true, "wait for its end and give what it printed"),
		option("remote_output_file_name", client.Text, nil, "file on the endpoint for the output; by default one that is deleted afterwards"),
		option("working_directory", client.Text, nil, "where it starts"),
		option("wait_timeout", client.Duration, 30*time.Second, "how long it may take")}
}

func startOf(args client.Args) Start {
	timeout, _ := args.Duration("wait_timeout")
	return Start{Command: args.Text("command_string"), Output: args.Bool("wait_for_output"), OutputFile: args.Text("remote_output_file_name"),
		WorkingDirectory: args.Text("working_directory"), Timeout: timeout}
}

func (s *Session) registryMethods() []client.RecordMethod {
	key := param("regkey", client.Text, `a key, as HKLM\\Software`)
	value := param("regkey", client.Text, "a key and the name of its value")
	return []client.RecordMethod{
		{Name: "list_registry_keys_and_values", Returns: "dict", Capability: client.Respond,
			Doc: "What a key holds: values, a list of dicts, and sub_keys, a list of names.", Params: []client.Param{key},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				values, keys, err := s.ListRegistry(ctx, args.Text("regkey"))
				return map[string]any{"values": values, "sub_keys": keys}, err
			}},
		{Name: "list_registry_keys", Returns: "list of dicts", Capability: client.Respond,
			Doc: "The values of a key, in spite of the name.", Params: []client.Param{key},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				values, _, err := s.ListRegistry(ctx, args.Text("regkey"))
				return values, err
			}},
		{Name: "get_registry_value", Returns: "dict", Capability: client.Respond,
			Doc: "A value: value_name, value_type and value_data.", Params: []client.Param{value},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return s.RegistryValue(ctx, args.Text("regkey"))
			}},
		{Name: "set_registry_value", Returns: "None", Capability: client.RespondWrite,
			Doc: "Write a value. Without a type an int is a REG_DWORD, a list a REG_MULTI_SZ, and anything else its text as REG_SZ.",
			Params: []client.Param{value, {Name: "value", Type: client.Any, Required: true, Doc: "its data"},
				option("overwrite", client.Bool, true, "replace what is there"), option("value_type", client.Text, nil, "REG_SZ, REG_DWORD and so on")},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return nil, s.SetRegistryValue(ctx, args.Text("regkey"), args["value"], args.Bool("overwrite"), args.Text("value_type"))
			}},
		{Name: "delete_registry_value", Returns: "None", Capability: client.RespondWrite, Doc: "Delete a value.", Params: []client.Param{value},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return nil, s.DeleteRegistryValue(ctx, args.Text("regkey"))
			}},
		{Name: "create_registry_key", Returns: "None", Capability: client.RespondWrite, Doc: "Make a key.", Params: []client.Param{key},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return nil, s.CreateRegistryKey(ctx, args.Text("regkey"))
			}},
		{Name: "delete_registry_key", Returns: "None", Capability: client.RespondWrite, Doc: "Delete a key that has none in it.", Params: []client.Param{key},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				return nil, s.DeleteRegistryKey(ctx, args.Text("regkey"))
			}},
	}
}

func (s *Session) memoryMethods() []client.RecordMethod {
	remote := option("remote_filename", client.Text, nil, "file on the endpoint; by default a name of chance")
	return []client.RecordMethod{
		{Name: "memdump", Returns: "file", Capability: client.RespondWrite,
			Doc:    "Dump the endpoint's memory. Gives the dump as it arrives; the file on the endpoint is deleted. None in a dry run.",
			Params: []client.Param{remote, option("compress", client.Bool, false, "have the endpoint compress it")},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				file, err := s.Memdump(ctx, args.Text("remote_filename"), args.Bool("compress"))
				if file == nil {
					return nil, err
				}
				return file, err
			}},
		{Name: "start_memdump", Returns: "Memdump", Capability: client.RespondWrite,
			Doc:    "Begin a memory dump without waiting: wait(), get() and delete() of what it gives do the rest.",
			Params: []client.Param{remote, option("compress", client.Bool, true, "have the endpoint compress it")},
			Do: func(ctx context.Context, args client.Args) (any, error) {
				d, err := s.StartMemdump(ctx, args.Text("remote_filename"), args.Bool("compress"))
				return dumpRecord{d}, err
			}},
	}
}
