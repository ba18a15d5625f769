//! `allocate`: `allocate_inventory` in proportion to the loop that it replaces, without the server.
//!
//! The loop is a PL/pgSQL function as well, so that both are one call. It has one SELECT … FOR UPDATE and one UPDATE per
//! line, in the order of the lines. Two variants are measured for comparison: the same loop in a client, with two round
//! trips per line, and a function that locks all rows first, then checks and updates them. The rate of the loop depends
//! on its deadlocks, each of which takes one second on every machine. The rates of the functions depend on the machine.

use super::{Options, TestBed, median};
use crate::pgbench::{Bench, Measured, Pgbench};
use crate::progress::Spinner;
use crate::report::{Report, Table, count, duration, figure};
use anyhow::{Context as _, Result};
use cluster::Cluster;
use std::fmt::Write as _;
use std::time::Duration;

/// The database with only the two tables that `allocate_inventory` needs.
const DATABASE: &str = "allocate";

/// The number of orders. They are allocated repeatedly; there is always enough stock.
const ORDERS: usize = 10_000;

/// The length of a measurement in seconds, and the number of rounds. The result is the median of the rounds.
const SECONDS: f64 = 2.0;
const ROUNDS: usize = 7;

/// The length and the number of rounds with deadlocks. Each deadlock takes one second, so a measurement of two seconds
/// would be dominated by chance.
const SECONDS_DEADLOCKS: f64 = 8.0;
const ROUNDS_DEADLOCKS: usize = 3;

/// The server's function, with the function that it calls for orders of several lines.
const DEFINITION: &str = "SELECT string_agg(pg_get_functiondef(oid), '; ') FROM pg_proc
                           WHERE proname IN ('allocate_inventory', 'allocate_inventory_products')";

/// Both tables, the loop, and the function that locks first. The index is only on the order, so that lines are read in
/// the order of insertion. The pages of stock levels are half full, as in the server's schema.
const TABLES: &str = "
    CREATE TABLE inventory (product_id bigint, warehouse_id bigint, stock_quantity integer NOT NULL,
                            PRIMARY KEY (product_id, warehouse_id)) WITH (fillfactor = 50);
    CREATE TABLE order_items (order_id bigint NOT NULL, product_id bigint NOT NULL, quantity integer NOT NULL);
    CREATE INDEX ON order_items (order_id);
    CREATE FUNCTION allocate_by_loop(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
    DECLARE
        v_line record;
        v_stock integer;
    BEGIN
        FOR v_line IN SELECT product_id, quantity FROM order_items WHERE order_id = p_order_id LOOP
            SELECT stock_quantity INTO v_stock FROM inventory
             WHERE product_id = v_line.product_id AND warehouse_id = p_warehouse_id FOR UPDATE;
            IF v_stock IS NULL OR v_stock < v_line.quantity THEN
                RAISE EXCEPTION 'too little of product %', v_line.product_id;
            END IF;
            UPDATE inventory SET stock_quantity = stock_quantity - v_line.quantity
             WHERE product_id = v_line.product_id AND warehouse_id = p_warehouse_id;
        END LOOP;
        RETURN true;
    END
    $$;
    CREATE FUNCTION allocate_locking_first(p_order_id bigint, p_warehouse_id bigint) RETURNS boolean
    LANGUAGE plpgsql AS $$
    DECLARE
        v_suffices boolean;
    BEGIN
        IF NOT EXISTS (SELECT FROM order_items WHERE order_id = p_order_id) THEN
            RETURN true;
        END IF;
        WITH demand AS MATERIALIZED (
            SELECT product_id, sum(quantity) AS units FROM order_items WHERE order_id = p_order_id GROUP BY product_id
        ), locked AS MATERIALIZED (
            SELECT product_id, stock_quantity FROM inventory
             WHERE warehouse_id = p_warehouse_id AND product_id IN (SELECT product_id FROM demand)
             ORDER BY product_id FOR UPDATE
        ), judged AS MATERIALIZED (
            SELECT count(*) = count(*) FILTER (WHERE stock_quantity >= units) AS suffices
              FROM demand LEFT JOIN locked USING (product_id)
        ), taken AS (
            UPDATE inventory SET stock_quantity = inventory.stock_quantity - demand.units
              FROM demand
             WHERE inventory.product_id = demand.product_id AND inventory.warehouse_id = p_warehouse_id
               AND (SELECT suffices FROM judged)
        )
        SELECT suffices INTO v_suffices FROM judged;
        RETURN v_suffices;
    END
    $$;";

/// One comparison.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    /// Concurrent clients.
    pub clients: usize,
    /// Lines per order, each of a different product, in random order.
    pub lines: usize,
    /// The number of products.
    pub products: usize,
    /// The minimum ratio of `allocate_inventory` to the loop, if there is a target.
    pub target: Option<f64>,
}

/// The comparisons that have a target. With 16 clients and 10 lines PostgreSQL bounds the ratio: a statement that only
/// updates the rows of an order, without checking anything, is 12 times as fast as the loop.
pub const TARGETS: [Case; 4] = [
    Case { clients: 16, lines: 10, products: 2_000, target: Some(5.0) },
    Case { clients: 16, lines: 100, products: 100_000, target: Some(12.0) },
    Case { clients: 1, lines: 1, products: 2_000, target: Some(1.0) },
    Case { clients: 1, lines: 100, products: 100_000, target: Some(1.5) },
];

/// Further comparisons without a target, from one line to 1,000.
const FURTHER: [Case; 4] = [
    Case { clients: 1, lines: 10, products: 2_000, target: None },
    Case { clients: 1, lines: 1_000, products: 100_000, target: None },
    Case { clients: 16, lines: 1, products: 2_000, target: None },
    Case { clients: 16, lines: 1_000, products: 100_000, target: None },
];

/// The measurements of a comparison.
#[derive(Debug, Clone)]
pub struct Comparison {
    case: Case,
    function: Vec<Measured>,
    locking_first: Vec<Measured>,
    loop_function: Vec<Measured>,
    loop_in_client: Option<Measured>,
}

impl Case {
    /// Its name in the tables.
    pub fn name(&self) -> String {
        let clients =
            if self.clients == 1 { "one client".to_owned() } else { format!("{} clients", self.clients) };
        let lines = if self.lines == 1 { "1 line".to_owned() } else { format!("{} lines", self.lines) };
        format!("{clients}, {lines} over {} products", count(self.products as i64))
    }
}

impl Comparison {
    /// The ratio of the rates of the function and the loop: the median of the rounds' ratios, because the machine's speed
    /// changes between rounds.
    pub fn ratio(&self) -> f64 {
        let rounds = self.function.iter().zip(&self.loop_function);
        median(
            &rounds.map(|(function, loop_function)| function.rate / loop_function.rate).collect::<Vec<_>>(),
        )
    }

    /// The output of `pgbench` in the first round.
    pub fn raw(&self) -> Vec<String> {
        let all = [
            self.function.first(),
            self.locking_first.first(),
            self.loop_function.first(),
            self.loop_in_client.as_ref(),
        ];
        all.into_iter().flatten().map(|measured| measured.raw.clone()).collect()
    }
}

/// Orders per second: the median of the rounds.
fn rate(rounds: &[Measured]) -> f64 {
    median(&rounds.iter().map(|measured| measured.rate).collect::<Vec<_>>())
}

/// The deadlocks of all rounds.
fn deadlocks(rounds: &[Measured]) -> i64 {
    rounds.iter().map(|measured| measured.deadlocks as i64).sum()
}

/// Runs the scenario.
pub fn run(options: &Options, test_bed: &TestBed) -> Result<Report> {
    let mut report = Report::new(
        "allocate",
        "allocate_inventory compared with the loop of one SELECT … FOR UPDATE and one UPDATE per line, on bare \
         tables, lines in random order; orders per second.",
    );
    let mut cases = [TARGETS, FURTHER].concat();
    cases.sort_by_key(|case| (case.clients, case.lines));
    let compared = measure(options, test_bed, &cases)?;
    check(&mut report, &compared);
    Ok(report)
}

/// Measures each of the cases.
pub fn measure(options: &Options, test_bed: &TestBed, cases: &[Case]) -> Result<Vec<Comparison>> {
    let cluster = test_bed.database()?.cluster()?;
    let pgbench = Pgbench::find(cluster, &options.folders.output)?;
    cluster.create_database(DATABASE)?;
    let definition = cluster.query("stockhold", DEFINITION)?.into_iter().flatten().flatten().next();
    cluster.query(DATABASE, &format!("{TABLES}\n{};", definition.context("no allocate_inventory")?))?;
    cases.iter().map(|case| compare(options, &pgbench, *case)).collect()
}

/// Adds the comparisons to a report.
pub fn check(report: &mut Report, compared: &[Comparison]) {
    let head = [
        "orders a second",
        "allocate_inventory",
        "loop",
        "ratio",
        "one that locks first",
        "loop from outside",
        "time of one",
        "of the loop",
        "statements",
        "of the loop",
        "deadlocks",
        "of the loop",
    ];
    let mut table = Table::new("allocate_inventory compared with the loop", &head);
    for one in compared {
        let time = |rounds: &[Measured]| {
            duration(Duration::from_secs_f64(one.case.clients as f64 / rate(rounds).max(1e-3)))
        };
        table.row([
            one.case.name(),
            figure(rate(&one.function)),
            figure(rate(&one.loop_function)),
            figure(one.ratio()),
            figure(rate(&one.locking_first)),
            one.loop_in_client.as_ref().map(|measured| figure(measured.rate)).unwrap_or_default(),
            time(&one.function),
            time(&one.loop_function),
            // The statements: reading the lines, for several lines the sum per product, and the update.
            if one.case.lines == 1 { "2" } else { "3" }.to_owned(),
            count(1 + 2 * one.case.lines as i64),
            count(deadlocks(&one.function)),
            count(deadlocks(&one.loop_function)),
        ]);
        report.equal(format!("{}: deadlocks", one.case.name()), 0, deadlocks(&one.function));
        if let Some(target) = one.case.target {
            report.at_least(format!("{}: ÷ the loop", one.case.name()), target, one.ratio());
        }
        report.raw.extend(one.raw());
    }
    report.tables.push(table);
}

fn compare(options: &Options, pgbench: &Pgbench<'_>, case: Case) -> Result<Comparison> {
    load(pgbench.cluster(), case)?;
    let (seconds, rounds) =
        if case.clients == 1 { (SECONDS, ROUNDS) } else { (SECONDS_DEADLOCKS, ROUNDS_DEADLOCKS) };
    let bench = |name, script| Bench {
        name,
        database: DATABASE,
        script,
        clients: case.clients,
        length: options.lasting(seconds),
        latencies: false,
        settings: "",
    };
    let call = |function| format!("\\set order random(1, {ORDERS})\nSELECT {function}(:order, 1);\n");
    let (mut function, mut locking_first, mut loop_function) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..rounds {
        function.push(pgbench.run(&bench("allocate_inventory", call("allocate_inventory")))?);
        locking_first.push(pgbench.run(&bench("one that locks first", call("allocate_locking_first")))?);
        loop_function.push(pgbench.run(&bench("the loop", call("allocate_by_loop")))?);
    }
    // pgbench's scripts have too few variables for 1,000 lines.
    let loop_in_client = match case.lines {
        ..=100 => Some(pgbench.run(&bench("the loop from outside", loop_in_client(case)))?),
        _ => None,
    };
    Ok(Comparison { case, function, locking_first, loop_function, loop_in_client })
}

/// Creates the orders and the stock of a case. The products of an order are distinct and in random order.
fn load(cluster: &Cluster, case: Case) -> Result<()> {
    let _waiting = Spinner::new(format!("Creating orders: {}", case.name()));
    let Case { lines, products, .. } = case;
    let mut random = fastrand::Rng::with_seed(case.lines as u64);
    let mut text = String::from("TRUNCATE inventory, order_items;");
    let _ = write!(
        text,
        "INSERT INTO inventory SELECT product, 1, 2000000000 FROM generate_series(1, {products}) AS product;"
    );
    cluster.query(DATABASE, &text)?;
    let mut chosen: Vec<usize> = (1..=products).collect();
    for orders in (1..=ORDERS).collect::<Vec<_>>().chunks(200) {
        let mut text = String::from("INSERT INTO order_items VALUES ");
        for order in orders {
            // A partial shuffle: only the first `lines` positions.
            for line in 0..lines {
                let other = random.usize(line..products);
                chosen.swap(line, other);
                let _ = write!(text, "({order},{},1),", chosen[line]);
            }
        }
        text.pop();
        cluster.query(DATABASE, &text)?;
    }
    // VACUUM can't run in a transaction.
    cluster.query(DATABASE, "VACUUM ANALYZE inventory")?;
    cluster.query(DATABASE, "VACUUM ANALYZE order_items")?;
    cluster.query(DATABASE, "CHECKPOINT")?;
    Ok(())
}

/// The loop in a client: a transaction with two statements per line, in random order of the products.
fn loop_in_client(case: Case) -> String {
    let mut script = String::new();
    for line in 0..case.lines {
        let _ = writeln!(script, "\\set p{line} random(1, {})", case.products);
    }
    script.push_str("BEGIN;\n");
    for line in 0..case.lines {
        let row = format!("WHERE product_id = :p{line} AND warehouse_id = 1");
        let _ = writeln!(script, "SELECT stock_quantity FROM inventory {row} FOR UPDATE;");
        let _ = writeln!(script, "UPDATE inventory SET stock_quantity = stock_quantity - 1 {row};");
    }
    script.push_str("COMMIT;\n");
    script
}
